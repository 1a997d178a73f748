import type { Attributes, CloseEvent, OpenEvent, SpanStatus } from '../event/event.ts';
import type { NormalForm } from '../normal/normal-form.ts';
import { toNormalForm } from '../normal/to-normal-form.ts';
import { LIMITS } from '../limits.ts';
import { truncate } from '../text/utf8.ts';
import type { OtelSpan } from './otel-span.ts';

/** Of a span that has ended; an open one's lie below. */
export const FINAL_REVISION = 65_535;

/** A span as events, its contents still as values: payloads are made where the hash is. */
export interface SpanEvents {
  open: OpenEvent;
  input?: unknown;
  /** Absent: the span is open. */
  close?: CloseEvent;
  output?: unknown;
}

/**
 * An OpenTelemetry span, open or ended, as events. Each snapshot of a span gives an `open` of a
 * higher revision, so that whichever way snapshots come, repeat and overtake each other, the tree
 * has what the fullest one says.
 */
export function toSpanEvents(span: OtelSpan): SpanEvents {
  const normal = toNormalForm(span);
  const { input, output } = normal;
  const ended = span.endUs !== undefined;
  const events: SpanEvents = { open: openOf(span, normal) };
  if (input !== undefined) events.input = input;
  if (!ended) return events;
  events.close = closeOf(span, span.endUs ?? 0, normal);
  if (output !== undefined) events.output = output;
  return events;
}

function openOf(span: OtelSpan, normal: NormalForm): OpenEvent {
  const { spanId, parentSpanId, links, startUs } = span;
  const open: OpenEvent = {
    type: 'open',
    spanId,
    name: truncate(span.name, LIMITS.nameCharacters),
    spanType: normal.spanType,
    startUs,
    revision: revisionOf(span),
    attributes: attributesOf(span, normal),
  };
  if (parentSpanId !== undefined) open.parentSpanId = parentSpanId;
  if (links.length > 0) open.links = links;
  if (normal.logs.length > 0) open.logs = normal.logs;
  return open;
}

/** A snapshot that knows more is a later one: SDKs only add to a span. */
function revisionOf({ endUs, revision, attributes, events }: OtelSpan): number {
  if (endUs !== undefined) return FINAL_REVISION;
  const known = revision ?? 1 + Object.keys(attributes).length + events.length;
  return Math.min(known, FINAL_REVISION - 1);
}

/**
 * What the program is belongs on the first span that it has of a trace, and is not repeated on
 * each one below.
 */
function attributesOf(span: OtelSpan, { attributes }: NormalForm): Attributes {
  const { parentSpanId, remoteParent, kind, resource, scope } = span;
  const isFirst =
    parentSpanId === undefined || (remoteParent ?? (kind === 'server' || kind === 'consumer'));
  // The normal form's attributes are its own: they may be added to.
  const all = isFirst ? { ...resource, ...attributes } : attributes;
  if (kind !== undefined && kind !== 'internal') all['otel.kind'] = kind;
  if (scope !== undefined && scope.name !== '') all['otel.scope.name'] = scope.name;
  return all;
}

function closeOf(span: OtelSpan, endUs: number, { usage, error }: NormalForm): CloseEvent {
  const close: CloseEvent = {
    type: 'close',
    spanId: span.spanId,
    endUs: Math.max(span.startUs, endUs),
    status: statusOf(span.status, error !== undefined),
  };
  if (error !== undefined) close.error = error;
  if (usage !== undefined) close.usage = usage;
  return close;
}

/** Some instrumentations record an error and leave the status alone. */
function statusOf(status: SpanStatus, failed: boolean): SpanStatus {
  return status === 'unset' && failed ? 'error' : status;
}
