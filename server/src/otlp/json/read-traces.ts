import {
  OTEL_KINDS,
  type OtelEvent,
  type OtelSpan,
  type SpanLink,
  type SpanStatus,
} from '@spantail/protocol';
import { readOrReject, reject, type TracesRequest } from '../request.ts';
import { checkSpan, describeSpan } from '../spans/check-span.ts';
import { isObject, readKeyValues } from './any-value.ts';
import { listOf, readEnum, readId, readNanosAsUs, textOf } from './fields.ts';

const KINDS = ['UNSPECIFIED', ...OTEL_KINDS.map((kind) => kind.toUpperCase())].map(
  (kind) => `SPAN_KIND_${kind}`,
);
const STATUSES: readonly SpanStatus[] = ['unset', 'ok', 'error'];
const STATUS_NAMES = STATUSES.map((status) => `STATUS_CODE_${status.toUpperCase()}`);

/**
 * The spans of an `ExportTraceServiceRequest` in OTLP/JSON, as it was parsed. Never through a protobuf
 * library's reader of JSON, which takes the hex of ids for base64.
 *
 * @throws TypeError when it is no such request
 */
export function readTracesJson(value: unknown): TracesRequest {
  if (!isObject(value)) throw new TypeError('the body is not an object with resourceSpans');
  const request: TracesRequest = { spans: [], rejected: { count: 0, messages: [] } };
  const { rejected } = request;
  for (const part of listIn(value, 'resourceSpans'))
    readOrReject(
      rejected,
      () => 'resourceSpans',
      () => {
        const { resource: about, ...rest } = objectOf(part);
        const resource = isObject(about) ? readResource(about['attributes']) : {};
        for (const scopePart of listIn(rest, 'scopeSpans'))
          readOrReject(
            rejected,
            () => 'scopeSpans',
            () => {
              const { scope: maker, ...parts } = objectOf(scopePart);
              const scope = readScope(maker);
              for (const span of listIn(parts, 'spans')) addSpan(span, resource, scope, request);
            },
          );
      },
    );
  return request;
}

/** @throws TypeError when it is none */
function objectOf(value: unknown): Record<string, unknown> {
  if (!isObject(value)) throw new TypeError('is not an object');
  return value;
}

/** Nested too deeply, it costs no span. */
function readResource(attributes: unknown): OtelSpan['resource'] {
  try {
    return readKeyValues(attributes);
  } catch {
    return {};
  }
}

/** @throws TypeError when it is there and no list */
function listIn(owner: Record<string, unknown>, field: string): unknown[] {
  const value = owner[field];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new TypeError(`${field} is not a list`);
  return value as unknown[];
}

function readScope(value: unknown): OtelSpan['scope'] {
  if (!isObject(value)) return undefined;
  const version = textOf(value['version']);
  return { name: textOf(value['name']), ...(version === '' ? {} : { version }) };
}

function addSpan(
  value: unknown,
  resource: OtelSpan['resource'],
  scope: OtelSpan['scope'],
  request: TracesRequest,
): void {
  if (!isObject(value)) {
    reject(request.rejected, 'a span is not an object');
    return;
  }
  const label = { name: textOf(value['name']), spanId: textOf(value['spanId']) };
  readOrReject(
    request.rejected,
    () => describeSpan(label),
    () => {
      const span = readSpan(value, resource, scope);
      if (typeof span === 'string') reject(request.rejected, span);
      else request.spans.push(span);
    },
  );
}

function readSpan(
  span: Record<string, unknown>,
  resource: OtelSpan['resource'],
  scope: OtelSpan['scope'],
): OtelSpan | string {
  const kind = OTEL_KINDS[readEnum(span['kind'], KINDS) - 1];
  const status = isObject(span['status']) ? span['status'] : {};
  const statusMessage = textOf(status['message']);
  return checkSpan({
    traceId: readId(span['traceId'], 16),
    spanId: readId(span['spanId'], 8),
    parentSpanId: readId(span['parentSpanId'], 8),
    name: textOf(span['name']),
    ...(kind === undefined ? {} : { kind }),
    startUs: readNanosAsUs(span['startTimeUnixNano']),
    endUs: readNanosAsUs(span['endTimeUnixNano']),
    status: STATUSES[readEnum(status['code'], STATUS_NAMES)] ?? 'unset',
    ...(statusMessage === '' ? {} : { statusMessage }),
    attributes: readKeyValues(span['attributes']),
    events: listOf(span['events']).filter(isObject).map(readEvent),
    links: listOf(span['links']).filter(isObject).map(readLink),
    resource,
    ...(scope === undefined ? {} : { scope }),
    ...remoteOf(span['flags']),
  });
}

function readEvent(event: Record<string, unknown>): OtelEvent {
  return {
    timeUs: readNanosAsUs(event['timeUnixNano']),
    name: textOf(event['name']),
    attributes: readKeyValues(event['attributes']),
  };
}

function readLink(link: Record<string, unknown>): SpanLink {
  return {
    traceId: readId(link['traceId'], 16),
    spanId: readId(link['spanId'], 8),
    attributes: readKeyValues(link['attributes']),
  };
}

const KNOWS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

function remoteOf(flags: unknown): Pick<OtelSpan, 'remoteParent'> {
  if (typeof flags !== 'number' || (flags & KNOWS_REMOTE) === 0) return {};
  return { remoteParent: (flags & IS_REMOTE) !== 0 };
}
