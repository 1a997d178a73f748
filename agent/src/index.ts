export type * from './exporter/exporter.ts';
