import { toNormalForm, type Attributes, type NormalForm, type OtelSpan } from '@spantail/protocol';

/** An ended span with these attributes, and what else is given. */
export function spanWith(attributes: Attributes, rest: Partial<OtelSpan> = {}): OtelSpan {
  return {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    name: 'span',
    startUs: 1_000,
    endUs: 2_000,
    status: 'unset',
    attributes,
    events: [],
    links: [],
    resource: {},
    ...rest,
  };
}

export function normalOf(attributes: Attributes, rest: Partial<OtelSpan> = {}): NormalForm {
  return toNormalForm(spanWith(attributes, rest));
}

export function event(name: string, attributes: Attributes = {}): OtelSpan['events'][number] {
  return { timeUs: 1_500, name, attributes };
}
