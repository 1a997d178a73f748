import { basename } from 'node:path';
import { toNormalForm, type Attributes } from '@spantail/protocol';
import type { JsonValue, RecordedAction, RecordedRun } from '../../recorded/action.ts';
import { orderActions } from '../../recorded/order.ts';
import { asString } from '../../source/json-value.ts';
import { runFileError } from '../../source/run-file-error.ts';
import type { RunFormat } from '../format.ts';
import type { SpanRecord } from './span-record.ts';
import { parseSpans } from './span-record.ts';
import { toOtelSpan } from './to-otel-span.ts';

/**
 * OpenTelemetry SDK span JSON (console and file exporters), with the attributes of Monocle and of
 * the GenAI conventions. A span is written when it ends, so children come before their parents;
 * the order is restored from the recorded times. A file may hold several traces: each is a run.
 */
export const otelJson: RunFormat = {
  name: 'otel-json',
  detect: (text) => {
    const head = text.slice(0, 65_536);
    return /^\s*[[{]/.test(head) && /"trace_id"\s*:/.test(head) && /"span_id"\s*:/.test(head);
  },
  read: (source) => {
    const traces = new Map<string, Map<string, SpanRecord>>();
    for (const span of parseSpans(source)) {
      const spans = traces.get(span.traceId) ?? new Map<string, SpanRecord>();
      traces.set(span.traceId, spans);
      // Two exporters in one process write each span twice: the same id is the same span.
      if (!spans.has(span.spanId)) spans.set(span.spanId, span);
    }
    if (traces.size === 0) throw runFileError(source.file, '', 'there are no spans in this file');
    const name = basename(source.file).replace(/(\.json)?(\.gz)?$/, '');
    return [...traces].map(([traceId, spans]) => ({
      ...readTrace([...spans.values()]),
      name: traces.size === 1 ? name : `${name}:${traceId.slice(-6)}`,
      sourceTraceId: traceId,
    }));
  },
};

function readTrace(spans: SpanRecord[]): Pick<RecordedRun, 'service' | 'actions'> {
  const sorted = parentsFirst(spans);
  const known = new Set<string>();
  const actions = sorted.flatMap((span) => {
    const parentKnown = span.parentSpanId !== undefined && known.has(span.parentSpanId);
    known.add(span.spanId);
    return spanActions(span, parentKnown);
  });
  const root = sorted[0];
  return {
    service: asString(root?.attributes['workflow.name']) ?? root?.service ?? 'unknown_service',
    // Of spans that end at the same time, children end first.
    actions: orderActions([
      ...actions.filter(({ type }) => type !== 'close'),
      ...actions.filter(({ type }) => type === 'close').reverse(),
    ]),
  };
}

/** By start time, but never a child ahead of its parent. Parents in a circle count as unknown. */
function parentsFirst(spans: SpanRecord[]): SpanRecord[] {
  const byStart = spans.toSorted((a, b) => a.startUs - b.startUs || b.endUs - a.endUs);
  const byId = new Map(byStart.map((span) => [span.spanId, span]));
  const placed = new Set<SpanRecord>();
  for (const span of byStart) {
    const chain: SpanRecord[] = [];
    let at: SpanRecord | undefined = span;
    while (at !== undefined && !placed.has(at) && !chain.includes(at)) {
      chain.push(at);
      at = at.parentSpanId === undefined ? undefined : byId.get(at.parentSpanId);
    }
    for (const item of chain.reverse()) placed.add(item);
  }
  return [...placed];
}

function spanActions(span: SpanRecord, parentKnown: boolean): RecordedAction[] {
  const { spanId: key, parentSpanId, startUs, endUs, kind } = span;
  const { spanType, input, output, usage, error, attributes, logs } = toNormalForm(
    toOtelSpan(span),
  );
  const [known, atEnd] = partAttributes(attributes);
  const parent: Pick<RecordedAction & { type: 'open' }, 'parentKey'> =
    parentKnown && parentSpanId !== undefined ? { parentKey: parentSpanId } : {};
  const missingParent: Attributes =
    parentKnown || parentSpanId === undefined ? {} : { 'otel.parent_span_id': parentSpanId };
  return [
    {
      type: 'open',
      key,
      ...parent,
      atUs: startUs,
      startUs,
      name: span.name,
      spanType,
      attributes: {
        ...known,
        ...(kind === undefined ? {} : { 'otel.kind': kind }),
        ...missingParent,
      },
      ...(input === undefined ? {} : { input: input as JsonValue }),
      ...(span.links.length === 0 ? {} : { links: span.links }),
    },
    ...logs.map((log): RecordedAction => {
      const atUs = Math.min(endUs, Math.max(startUs, log.timeUs));
      return { type: 'update', key, atUs, logs: [log] };
    }),
    {
      type: 'close',
      key,
      atUs: endUs,
      endUs,
      status: span.status,
      ...(error === undefined ? {} : { error }),
      ...(output === undefined ? {} : { output: output as JsonValue }),
      attributes: atEnd,
      ...(usage === undefined ? {} : { usage }),
    },
  ];
}

/** Recorded together, though some are known only at the end. */
function partAttributes(all: Attributes): [known: Attributes, atEnd: Attributes] {
  const known: Attributes = {};
  const atEnd: Attributes = {};
  for (const [key, value] of Object.entries(all))
    (/^gen_ai\.(usage|response)\.|^last\.inference$/.test(key) ? atEnd : known)[key] = value;
  return [known, atEnd];
}
