import { isSpanId, type Attributes, type AttributeValue, type OtelSpan } from '@spantail/protocol';

/**
 * The span that is meant. OTLP has no word for one that is open; in the field it is told by
 *
 * - the same span without an end, sent at its start and again at its end (what OpenTelemetry's own
 *   exporters write for a span that has not ended; Genkit, TraceRoot): that needs no reading;
 * - Logfire's `pending_span`: a placeholder of its own id below the span that is meant;
 * - Judgment's snapshots: a rising `judgment.update_id`, and an end that equals the start.
 *
 * `undefined`: a placeholder that stands for nothing.
 */
export function readConventions(span: OtelSpan): OtelSpan | undefined {
  const { attributes } = span;
  if (attributes['logfire.span_type'] === 'pending_span') return pendingSpan(span);
  const update = attributes['judgment.update_id'];
  return update === undefined ? span : snapshot(span, update);
}

function pendingSpan(span: OtelSpan): OtelSpan | undefined {
  const { parentSpanId, endUs: _endUs, remoteParent: _remote, ...rest } = span;
  if (parentSpanId === undefined) return undefined;
  const {
    'logfire.span_type': _type,
    'logfire.pending_parent_id': realParent,
    ...attributes
  } = span.attributes;
  const open: OtelSpan = { ...rest, spanId: parentSpanId, attributes };
  if (isSpanId(realParent)) open.parentSpanId = realParent;
  return open;
}

function snapshot(span: OtelSpan, update: AttributeValue): OtelSpan {
  const { endUs, ...open } = span;
  const attributes: Attributes = { ...span.attributes };
  delete attributes['judgment.update_id'];
  if (endUs !== undefined && endUs > span.startUs) return { ...span, attributes };
  const revision = Number(update);
  return {
    ...open,
    attributes,
    ...(Number.isSafeInteger(revision) && revision >= 0 ? { revision: revision + 1 } : {}),
  };
}
