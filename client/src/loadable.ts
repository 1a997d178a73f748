import {
  decodeEvent,
  payloadsOf,
  type CloseEvent,
  type OpenEvent,
  type Payload,
  type RunTree,
  type SpanId,
  type SpanNode,
  type UpdateEvent,
} from '@spantail/protocol';

/** A payload that can fetch what it only refers to. */
export interface LoadablePayload extends Payload {
  /**
   * The whole value, as it was published: from what came along or was loaded before, else from the
   * gateway. Not a property that is listed: a copy (`{ ...payload }`) has it not.
   *
   * @throws SpantailError NOT_FOUND when its content expired, LOG_UNAVAILABLE, EVENT_INVALID
   */
  load(): Promise<unknown>;
}

/** An event whose `input` and `output` can be loaded. */
export type LoadableEvent =
  | (OpenEvent & { input?: LoadablePayload })
  | (UpdateEvent & { input?: LoadablePayload; output?: LoadablePayload })
  | (CloseEvent & { output?: LoadablePayload });

/** A span whose `input` and `output` can be loaded. */
export type WatchedSpan = {
  readonly input: LoadablePayload | undefined;
  readonly output: LoadablePayload | undefined;
  readonly children: readonly WatchedSpan[];
} & SpanNode;

/** A tree of such spans. */
export type WatchedTree = {
  readonly roots: readonly WatchedSpan[];
  get(spanId: SpanId): WatchedSpan | undefined;
  walk(): Generator<{ span: WatchedSpan; depth: number }>;
} & RunTree;

export type PayloadLoader = (payload: Payload) => Promise<unknown>;

/** @throws SpantailError EVENT_INVALID, TOO_LARGE */
export function decodeLoadable(bytes: Uint8Array, load: PayloadLoader): LoadableEvent {
  const event = decodeEvent(bytes);
  for (const payload of payloadsOf(event))
    Object.defineProperty(payload, 'load', { value: () => load(payload), configurable: true });
  return event as LoadableEvent;
}
