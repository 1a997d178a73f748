import type { TraceId } from '../ids.ts';
import type { Blob } from '../payload/payload.ts';
import type { ErrorCode } from './errors.ts';

/** Opaque to users: see `cursor.ts` for what it is made of. */
export type Cursor = string;

/** The feed of runs is a stream like a trace's, under this name in place of a trace id. */
export const RUNS_STREAM = '@runs';
/** A trace id, or {@link RUNS_STREAM}. */
export type StreamId = string;

/** One entry of an `events` frame: its place in the log, and how many of the frame's events it has. */
export interface EntryMark {
  /** Entry ID `<ms>-<seq>`. */
  position: string;
  /** CRC-32 of the entry's event array, 8 hex digits. */
  check: string;
  count: number;
}

/** Only the runs that match are sent; the others keep their place as `nil`. */
export interface RunsFilter {
  status?: 'running' | 'ended';
  service?: string;
  name?: string;
}

/** Client → server, as JSON text frames. */
export type ClientMessage =
  | {
      type: 'subscribe';
      streamId: StreamId;
      /** Continue behind this cursor; absent: from the beginning. */
      after?: Cursor;
      /** `inline`: blobs are pushed ahead of the events that first name them. */
      payloads?: 'inline' | 'reference';
      /** Only with {@link RUNS_STREAM}. */
      filter?: RunsFilter;
    }
  | { type: 'unsubscribe'; streamId: StreamId }
  | { type: 'ping' };

/** Server → client, as binary MessagePack frames. */
export type ServerMessage =
  | { type: 'hello'; protocol: string; heartbeatMs: number }
  /** The subscription is accepted; events follow behind `cursor` (absent: nothing is there yet). */
  | { type: 'subscribed'; streamId: StreamId; cursor?: Cursor }
  /**
   * Where each event stands is told by `FramePlaces`. A frame may have no events: it only
   * moves the position. `null`: an item the filter left out.
   */
  | {
      type: 'events';
      streamId: StreamId;
      prev: Cursor;
      cursor: Cursor;
      /** The entries the events are of; absent when that is the one entry at `cursor`. */
      entries?: EntryMark[];
      events: (Uint8Array | null)[];
    }
  | { type: 'blobs'; streamId: StreamId; blobs: Blob[] }
  /** All there is has been sent; what follows is news. */
  | { type: 'live'; streamId: StreamId; cursor?: Cursor }
  /**
   * The run is over: nothing was open and the publishers said so or were quiet. Sent in place of
   * `live` when all there is has been sent; the position does not move. Should the run go on after
   * all, events follow as if nothing had happened.
   */
  | { type: 'end'; streamId: StreamId; cursor: Cursor; reason: EndReason }
  /** Entries behind `after` are gone; events go on behind `cursor`. */
  | { type: 'gap'; streamId: StreamId; after: Cursor; cursor: Cursor; reason: GapReason }
  /** The cursor's history does not exist here; events start again from the beginning. */
  | { type: 'reset'; streamId: StreamId; reason: ResetReason }
  /** The server could not read the log for a while; delivery goes on by itself. */
  | { type: 'stalled'; streamId: StreamId; reason: string }
  | { type: 'unsubscribed'; streamId: StreamId }
  /** Connect somewhere else within `graceMs`; subscriptions go on until the socket closes. */
  | { type: 'goaway'; reason: string; graceMs: number }
  | { type: 'error'; code: ErrorCode; message: string; streamId?: StreamId }
  | { type: 'heartbeat' };

export type EndReason = 'finished' | 'quiet';
export type GapReason = 'trimmed';
export type ResetReason = 'recreated' | 'lost' | 'future';

/** WebSocket subprotocol, and the version of everything above. */
export const SUBPROTOCOL = 'spantail.v1';

/** One item of the runs feed: how a run stands. Tokens and cost where they are known. */
export interface RunSummary {
  traceId: TraceId;
  name: string;
  service?: string;
  /**
   * `running` until the run's end; then `lost` when a publisher died on the way, else how its root
   * closed (`unset` counts as `ok`).
   */
  status: 'running' | 'ok' | 'error' | 'lost';
  startUs: number;
  endUs?: number;
  /** When the log was last written for it. */
  lastActivityUs: number;
  /** Name of the open span that opened last. */
  currentStep?: string;
  spanCount: number;
  openCount: number;
  errorCount: number;
  inputTokens?: number;
  outputTokens?: number;
  costUsd?: number;
  /** Grows with every summary of the run; the largest wins. */
  revision: number;
}
