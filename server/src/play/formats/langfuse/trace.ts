import { isTraceId, type Attributes } from '@spantail/protocol';
import type { TracedSpan } from '../../recorded/span-runs.ts';
import { asArray, asNumber, asObject, asString, type JsonObject } from '../../source/json-value.ts';
import { contentOf, filled, metadataOf, timeOf, traceAttributes } from './fields.ts';

/**
 * A trace's spans, with what Langfuse knows of the trace itself. Where one observation is above all
 * others, it is that step's; else the trace is a step of its own, above them.
 */
export function withTrace(spans: TracedSpan[], trace: JsonObject | undefined): TracedSpan[] {
  if (trace === undefined) return spans;
  const known = new Set(spans.map(({ spanId }) => spanId));
  const tops = spans.filter(
    ({ parentSpanId }) => parentSpanId === undefined || !known.has(parentSpanId),
  );
  const [only] = tops;
  const input = contentOf(trace['input']);
  const output = contentOf(trace['output']);
  if (only === undefined || tops.length > 1 || only.parentSpanId !== undefined) {
    const root = rootOf(spans, trace);
    const below = new Set(tops);
    return [
      root,
      ...spans.map((span) => (below.has(span) ? { ...span, parentSpanId: root.spanId } : span)),
    ];
  }
  const { events } = only;
  const root: TracedSpan = {
    ...only,
    events: {
      ...events,
      open: {
        ...events.open,
        attributes: { ...attributesOf(trace), ...events.open.attributes },
      },
      ...(input === undefined || events.input !== undefined ? {} : { input }),
      ...(output === undefined || events.output !== undefined || events.close === undefined
        ? {}
        : { output }),
    },
  };
  return spans.map((span) => (span === only ? root : span));
}

function rootOf(spans: readonly TracedSpan[], trace: JsonObject): TracedSpan {
  const traceId = asString(trace['id']) ?? '';
  const spanId = `trace ${traceId}`;
  const input = contentOf(trace['input']);
  const output = contentOf(trace['output']);
  const givenUs = timeOf(trace['timestamp']) ?? timeOf(trace['createdAt']);
  const startUs = spans.reduce(
    (first, { startUs: us }) => Math.min(first, us),
    givenUs ?? Infinity,
  );
  const isOpen = spans.some(({ endUs }) => endUs === undefined);
  const latencyUs = Math.round((asNumber(trace['latency']) ?? 0) * 1_000_000);
  const endUs = spans.reduce(
    (last, span) => Math.max(last, span.endUs ?? 0),
    spans.length === 0 ? startUs + Math.max(0, latencyUs) : startUs,
  );
  return {
    traceId,
    spanId,
    startUs,
    ...(isOpen ? {} : { endUs }),
    events: {
      open: {
        type: 'open',
        spanId,
        name: filled(trace['name']) ?? 'trace',
        spanType: 'agent',
        startUs,
        attributes: { ...metadataOf(trace).own, ...attributesOf(trace) },
      },
      ...(input === undefined ? {} : { input }),
      ...(isOpen ? {} : { close: { type: 'close', spanId, endUs, status: 'ok' } }),
      ...(isOpen || output === undefined ? {} : { output }),
    },
  };
}

function attributesOf(trace: JsonObject): Attributes {
  const { name, ...rest } = trace;
  return { ...traceAttributes({ ...rest, traceName: name ?? null }), ...scoresOf(trace) };
}

function scoresOf({ scores }: JsonObject): Attributes {
  return Object.fromEntries(
    (asArray(scores) ?? []).flatMap((item) => {
      const { name, value, stringValue } = asObject(item) ?? {};
      const score = stringValue ?? value;
      return typeof name === 'string' && score !== undefined && score !== null
        ? [[`langfuse.score.${name}`, score]]
        : [];
    }),
  );
}

/** A trace's id in the form of the W3C, where it is one. */
export function traceIdOf(id: string): string | undefined {
  const hex = id.replaceAll('-', '').toLowerCase();
  return isTraceId(hex) ? hex : undefined;
}
