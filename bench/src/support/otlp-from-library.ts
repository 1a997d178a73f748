import type { Attributes, AttributeValue, OtelSpan } from '@spantail/protocol';
import type { Message } from 'protobufjs';

interface LibraryValue {
  stringValue?: string;
  boolValue?: boolean;
  intValue?: { toNumber(): number };
  doubleValue?: number;
  arrayValue?: { values: LibraryValue[] };
  kvlistValue?: { values: LibraryKeyValue[] };
  value?: string;
}

interface LibraryKeyValue {
  key: string;
  value: LibraryValue | null;
}

interface LibrarySpan {
  traceId: Uint8Array;
  spanId: Uint8Array;
  parentSpanId: Uint8Array;
  name: string;
  startTimeUnixNano: { toString(): string };
  endTimeUnixNano: { toString(): string };
  attributes: LibraryKeyValue[];
  events: { timeUnixNano: { toString(): string }; name: string; attributes: LibraryKeyValue[] }[];
}

interface LibraryRequest {
  resourceSpans: {
    resource: { attributes: LibraryKeyValue[] };
    scopeSpans: { scope: { name: string }; spans: LibrarySpan[] }[];
  }[];
}

/** What a general library has decoded, brought to the form that our reader gives. */
export function fromLibrary(message: Message): OtelSpan[] {
  const { resourceSpans } = message as unknown as LibraryRequest;
  return resourceSpans.flatMap(({ resource: { attributes }, scopeSpans }) => {
    const resource = attributesOf(attributes);
    return scopeSpans.flatMap(({ scope: { name }, spans }) =>
      spans.map((span) => ({ ...spanOf(span), resource, scope: { name } })),
    );
  });
}

function spanOf(span: LibrarySpan): OtelSpan {
  return {
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    ...(span.parentSpanId.length === 0 ? {} : { parentSpanId: hex(span.parentSpanId) }),
    name: span.name,
    startUs: us(span.startTimeUnixNano),
    endUs: us(span.endTimeUnixNano),
    status: 'unset',
    attributes: attributesOf(span.attributes),
    events: span.events.map(({ timeUnixNano, name, attributes }) => ({
      timeUs: us(timeUnixNano),
      name,
      attributes: attributesOf(attributes),
    })),
    links: [],
    resource: {},
  };
}

function attributesOf(list: readonly LibraryKeyValue[]): Attributes {
  const attributes: Attributes = {};
  for (const { key, value } of list) attributes[key] = valueOf(value);
  return attributes;
}

function valueOf(value: LibraryValue | null): AttributeValue {
  switch (value?.value) {
    case 'stringValue':
      return value.stringValue ?? '';
    case 'boolValue':
      return value.boolValue ?? false;
    case 'intValue':
      return value.intValue?.toNumber() ?? 0;
    case 'doubleValue':
      return value.doubleValue ?? 0;
    case 'arrayValue':
      return (value.arrayValue?.values ?? []).map(valueOf);
    case 'kvlistValue':
      return attributesOf(value.kvlistValue?.values ?? []);
    default:
      return null;
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

function us(nanos: { toString(): string }): number {
  return Number(BigInt(nanos.toString()) / 1_000n);
}
