export * from '@spantail/protocol';
export {
  Client,
  createClient,
  type ClientEvents,
  type ClientOptions,
  type EventsOptions,
  type RunsOptions,
} from './client.ts';
export type { WebSocketConstructor, WebSocketLike } from './connection/connection.ts';
export type { ConnectionState } from './connection/connection-state.ts';
export type { EventItem, NoticeItem, StreamItem } from './event-item.ts';
export { WatchedRun, type RunEvents, type RunStatus } from './watched-run.ts';
