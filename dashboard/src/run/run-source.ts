import type { WatchedSpan, WatchedTree, WatchStatus } from '@spantail/client';
import type { Payload, SpanId, TraceId } from '@spantail/protocol';

/**
 * A run as every view shows it, live or at a moment of its past: the views do not know which. A new
 * object whenever something of it changed; `tree` itself is kept current in place.
 */
export interface RunSource {
  traceId: TraceId;
  tree: WatchedTree | undefined;
  /** Grows with every change of the tree; what is derived from the tree is remembered by it. */
  version: number;
  status: WatchStatus;
  /** The moment that is shown, when it is not the present. */
  momentMs: number | undefined;
  /** Until when an open span is drawn: the present, or the moment. */
  nowUs: number;
  load(payload: Payload): Promise<unknown>;
}

/** What is selected and how to change it; part of the address, so that it can be sent to somebody. */
export interface Selection {
  spanId: SpanId | undefined;
  select: (spanId: SpanId | undefined) => void;
}

export function selectedSpan(source: RunSource, selection: Selection): WatchedSpan | undefined {
  return selection.spanId === undefined ? undefined : source.tree?.get(selection.spanId);
}
