import type { Attributes, SpanType, TimeUs } from '@spantail/protocol';
import type { JsonValue } from '../../recorded/action.ts';
import { isoToUs } from '../../source/iso-time.ts';
import { asObject, asString, defined, type JsonObject } from '../../source/json-value.ts';

/** Langfuse's types of observations; `SPAN` says nothing, so what the source recorded decides. */
const TYPES: Readonly<Record<string, SpanType>> = {
  GENERATION: 'model',
  AGENT: 'agent',
  TOOL: 'tool',
  RETRIEVER: 'retrieval',
  EMBEDDING: 'embedding',
  GUARDRAIL: 'guardrail',
};

export function spanTypeOf({ type }: JsonObject): SpanType | undefined {
  return TYPES[(asString(type) ?? '').toUpperCase()];
}

export function timeOf(value: JsonValue | undefined): TimeUs | undefined {
  return typeof value === 'string' ? isoToUs(value) : undefined;
}

/** Input, output or metadata: text that holds a list or a map is that, no text is nothing. */
export function contentOf(value: JsonValue | undefined): JsonValue | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string' || !/^\s*["[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as JsonValue;
  } catch {
    // Text that merely begins like JSON stays text.
    return value;
  }
}

/** What OpenTelemetry recorded and Langfuse keeps in its metadata, and its user's own metadata. */
export function metadataOf(fields: JsonObject): {
  attributes: Attributes;
  resource: Attributes;
  scope: string | undefined;
  own: Attributes;
} {
  const metadata = asObject(contentOf(fields['metadata'])) ?? {};
  const { attributes, resourceAttributes, scope, ...own } = metadata;
  return {
    attributes: asObject(contentOf(attributes)) ?? {},
    resource: asObject(contentOf(resourceAttributes)) ?? {},
    scope: asString(asObject(contentOf(scope))?.['name']),
    own,
  };
}

/** Whose trace it is, on a trace or on a row that has its trace's fields. */
export function traceAttributes(fields: JsonObject): Attributes {
  const tags = contentOf(fields['tags']);
  return defined<Attributes>({
    'session.id': filled(fields['sessionId']),
    'user.id': filled(fields['userId']),
    'langfuse.trace.name': filled(fields['traceName']),
    'langfuse.release': filled(fields['release']),
    'langfuse.version': filled(fields['version']),
    'deployment.environment.name':
      fields['environment'] === 'default' ? undefined : filled(fields['environment']),
    tags: Array.isArray(tags) && tags.length > 0 ? tags : undefined,
  });
}

export function filled(value: JsonValue | undefined): string | undefined {
  const text = asString(value);
  return text === '' ? undefined : text;
}
