import {
  isSpanId,
  isTraceId,
  type Attributes,
  type AttributeValue,
  type SpanError,
  type SpanLink,
  type Usage,
} from '@spantail/protocol';
import { snapshotJson } from '../publisher/snapshot-json.ts';

/** Causes followed below an error. */
const MOST_CAUSES = 4;

/**
 * Attributes as the protocol has them, from whatever an agent passes: functions and `undefined` are
 * left out, dates, errors and other objects become what JSON makes of them.
 */
export function cleanAttributes(given: Readonly<Record<string, unknown>>): Attributes {
  const clean: Attributes = {};
  for (const [key, value] of Object.entries(given)) {
    const plain = cleanValue(value);
    if (plain !== undefined) clean[key] = plain;
  }
  return clean;
}

function cleanValue(value: unknown): AttributeValue | undefined {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return value.toString();
    case 'object':
      return value === null ? null : (JSON.parse(snapshotJson(value)) as AttributeValue);
    default:
      return undefined;
  }
}

/** Token counts as integers from 0, cost from 0; what is no number is left out. */
export function cleanUsage(usage: Usage): Usage {
  const clean: Usage = {};
  for (const key of COUNTS) {
    const count = usage[key];
    if (isAmount(count) && count <= Number.MAX_SAFE_INTEGER) clean[key] = Math.round(count);
  }
  if (isAmount(usage.costUsd)) clean.costUsd = usage.costUsd;
  return clean;
}

const COUNTS = [
  'inputTokens',
  'outputTokens',
  'cachedInputTokens',
  'reasoningTokens',
  'totalTokens',
] as const;

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/** Links with valid ids; a span is not lost for a link that is not one. */
export function cleanLinks(links: readonly SpanLink[]): SpanLink[] {
  return links
    .filter(({ traceId, spanId }) => isTraceId(traceId) && isSpanId(spanId))
    .map(({ traceId, spanId, attributes }) => ({
      traceId,
      spanId,
      ...(attributes === undefined ? {} : { attributes: cleanAttributes(attributes) }),
    }));
}

/** Whatever was thrown, as a span tells it. */
export function toSpanError(thrown: unknown): SpanError {
  try {
    return describe(thrown);
  } catch {
    // An error whose own properties throw when they are read.
    return { type: 'unknown', message: 'an error that cannot be read' };
  }
}

function describe(thrown: unknown): SpanError {
  if (thrown instanceof Error) {
    const stack = stackOf(thrown);
    return {
      type: textOf(thrown.name) || 'Error',
      message: textOf(thrown.message),
      ...(stack === undefined ? {} : { stack }),
    };
  }
  return { type: typeof thrown, message: textOf(thrown) };
}

function stackOf(error: Error): string | undefined {
  const stacks: string[] = [];
  let at: unknown = error;
  for (let i = 0; i <= MOST_CAUSES && at instanceof Error; i++) {
    if (typeof at.stack === 'string') stacks.push(at.stack);
    at = at.cause;
  }
  return stacks.length === 0 ? undefined : stacks.join('\nCaused by: ');
}

/** Text of whatever was passed where text belongs: JavaScript callers are not checked by a compiler. */
export function textOf(value: unknown): string {
  if (value === undefined) return 'undefined';
  return typeof value === 'string' ? value : snapshotJson(value);
}
