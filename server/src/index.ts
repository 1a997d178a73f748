export type * from './log/event-log.ts';
