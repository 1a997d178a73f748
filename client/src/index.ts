export {
  Client,
  createClient,
  type ClientEvents,
  type ClientOptions,
  type EventsOptions,
  type RunItem,
  type RunsOptions,
  type WatchOptions,
} from './client.ts';
export type { ConnectionState } from './connection/connection-state.ts';
export type { WebSocketConstructor, WebSocketLike } from './connection/web-socket.ts';
export type {
  EndNotice,
  EventItem,
  GapNotice,
  InvalidNotice,
  NoticeItem,
  ResetNotice,
  StreamItem,
} from './event-item.ts';
export type { LoadableEvent, LoadablePayload, WatchedSpan, WatchedTree } from './loadable.ts';
export type {
  ListOptions,
  PayloadsOption,
  QueryClient,
  QueryFilter,
  RunSpansOptions,
  SignalOption,
  StatsOptions,
} from './query/query-client.ts';
export { QueryList, type QueryPage } from './query/query-list.ts';
export type { QueryPayload, QuerySpan } from './query/query-span.ts';
export type { Moment } from './replay/moment.ts';
export type { ReplaySpeed } from './replay/replay-clock.ts';
export { Replay, type ReplayItem, type ReplayOptions } from './replay/replay.ts';
export { WatchedRun, type RunEvents, type WatchStatus } from './watched-run.ts';

// Of the protocol, what viewers name. Codecs and all the rest are in '@spantail/protocol': a page
// that loads this module whole must not pay for encoders it never calls.
export {
  QueryError,
  RunTree,
  SpantailError,
  isSpanId,
  isTraceId,
  treeToJson,
  type AttributeValue,
  type Attributes,
  type CloseEvent,
  type Cursor,
  type Dropped,
  type EndReason,
  type ErrorCode,
  type GapReason,
  type OpenEvent,
  type Payload,
  type QueryField,
  type ResetReason,
  type RunRow,
  type RunStatus,
  type RunSummary,
  type SortField,
  type StatsGroup,
  type StatsRow,
  type RunsFilter,
  type SpanError,
  type SpanId,
  type SpanLink,
  type SpanLog,
  type SpanNode,
  type SpanState,
  type SpanStatus,
  type SpanType,
  type TimeUs,
  type TraceEvent,
  type TraceId,
  type TreeJson,
  type UpdateEvent,
  type Usage,
} from '@spantail/protocol';
