import { crc32 } from 'node:zlib';
import {
  buildPayload,
  fitEvent,
  payloadsOf,
  toSpanEvents,
  type Blob,
  type BuiltPayload,
  type FittedEvent,
  type OtelSpan,
  type Payload,
  type SpanId,
  type TraceEvent,
  type UpdateEvent,
} from '@spantail/protocol';
import { hashBlob } from '../../payload/hash-blob.ts';

/** One of a span's events, ready for the log. */
export interface EncodedEvent {
  bytes: Uint8Array;
  /** Of the bytes: what the gateway remembers of an event that it has taken. */
  check: number;
  blobs: Blob[];
}

/** A span as it goes into the log. */
export interface EncodedSpan {
  spanId: SpanId;
  revision: number;
  open: EncodedEvent;
  /** The same open under a higher revision. */
  openAs(revision: number): EncodedEvent;
  /** Absent: the span is open. */
  close?: EncodedEvent;
  /** The first span of its trace: with its end the run ends, as far as anybody can tell. */
  isRoot: boolean;
}

/** A span's events, with payloads made of its contents. What is too large is cut, never refused. */
export function encodeSpan(span: OtelSpan): EncodedSpan {
  const { open, input, close, output } = toSpanEvents(span);
  return {
    spanId: span.spanId,
    revision: open.revision ?? 0,
    open: encode(open, { input }),
    openAs: (revision) => encode({ ...open, revision }, { input }),
    ...(close === undefined ? {} : { close: encode(close, { output }) }),
    isRoot: span.parentSpanId === undefined,
  };
}

/** What others say of a span. */
export function encodeUpdate(update: UpdateEvent, input: unknown, output: unknown): EncodedEvent {
  return encode(update, { input, output });
}

/** An event with payloads made of these values; `undefined` ones are none. */
function encode(event: TraceEvent, values: { input?: unknown; output?: unknown }): EncodedEvent {
  const input = values.input === undefined ? undefined : build(values.input);
  const output = values.output === undefined ? undefined : build(values.output);
  const whole: { input?: Payload; output?: Payload } = { ...event };
  if (input !== undefined) whole.input = input.payload;
  if (output !== undefined) whole.output = output.payload;
  const blobs = [...(input?.blobs ?? []), ...(output?.blobs ?? [])];
  const fitted = fit(whole as TraceEvent);
  const keepsPayloads = payloadsOf(fitted.event).length > 0;
  return { bytes: fitted.bytes, check: crc32(fitted.bytes), blobs: keepsPayloads ? blobs : [] };
}

/** What had to be left out is counted, so that viewers are told. */
function fit(event: TraceEvent): FittedEvent {
  const fitted = fitEvent(event);
  if (fitted === undefined) throw new TypeError('it cannot be written');
  const { payloadsLost: payloads } = fitted;
  return payloads === 0 ? fitted : fit({ ...fitted.event, dropped: { payloads } });
}

function build(value: unknown): BuiltPayload {
  try {
    return buildPayload(value, hashBlob);
  } catch (error) {
    // One part above the limit of a blob: say so in its place.
    const message = error instanceof Error ? error.message : String(error);
    return buildPayload(`[left out: ${message}]`, hashBlob);
  }
}
