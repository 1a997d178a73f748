import {
  OTEL_KINDS,
  type Attributes,
  type OtelEvent,
  type OtelSpan,
  type SpanLink,
  type SpanStatus,
} from '@spantail/protocol';
import { readOrReject, reject, type TracesRequest } from '../request.ts';
import { checkSpan, describeSpan, type RawSpan } from '../spans/check-span.ts';
import { readKeyValue } from './any-value.ts';
import { BYTES, FIXED32, FIXED64, ProtobufReader, VARINT } from './reader.ts';
import { readResource, readScope } from './read-resource.ts';

/**
 * An `ExportTraceServiceRequest` (opentelemetry-proto 1.11, `trace.proto`). Unknown fields, and known
 * ones of another wire type, are passed over as protobuf wants it. A span that is broken inside
 * costs only itself, and so does a broken part around some of them.
 *
 * @throws ProtobufError when the request as a whole is broken; SpantailError TOO_LARGE
 */
export function readTracesProtobuf(bytes: Buffer): TracesRequest {
  const request: TracesRequest = { spans: [], rejected: { count: 0, messages: [] } };
  const reader = new ProtobufReader(bytes);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | BYTES)) readResourceSpans(reader.part(), request);
    else reader.skip(tag);
  }
  return request;
}

function readResourceSpans(reader: ProtobufReader, request: TracesRequest): void {
  let resource: Attributes = {};
  const first = request.spans.length;
  readOrReject(
    request.rejected,
    () => 'resourceSpans',
    () => {
      for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
        if (tag === ((1 << 3) | BYTES)) resource = readResource(reader.part());
        else if (tag === ((2 << 3) | BYTES)) readScopeSpans(reader.part(), request);
        else reader.skip(tag);
      }
    },
  );
  // Fields may come in any order.
  for (let i = first; i < request.spans.length; i++) {
    const span = request.spans[i];
    if (span !== undefined) span.resource = resource;
  }
}

function readScopeSpans(reader: ProtobufReader, request: TracesRequest): void {
  let scope: OtelSpan['scope'];
  const first = request.spans.length;
  readOrReject(
    request.rejected,
    () => 'scopeSpans',
    () => {
      for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
        if (tag === ((1 << 3) | BYTES)) scope = readScope(reader.part());
        else if (tag === ((2 << 3) | BYTES)) addSpan(reader.part(), request);
        else reader.skip(tag);
      }
    },
  );
  if (scope !== undefined)
    for (let i = first; i < request.spans.length; i++) {
      const span = request.spans[i];
      if (span !== undefined) span.scope = scope;
    }
}

function addSpan(reader: ProtobufReader, request: TracesRequest): void {
  const raw = emptySpan();
  readOrReject(
    request.rejected,
    () => describeSpan(raw),
    () => {
      readSpan(reader, raw);
      const span = checkSpan(raw);
      if (typeof span === 'string') reject(request.rejected, span);
      else request.spans.push(span);
    },
  );
}

function readSpan(reader: ProtobufReader, span: RawSpan): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case (1 << 3) | BYTES:
        span.traceId = reader.hex();
        break;
      case (2 << 3) | BYTES:
        span.spanId = reader.hex();
        break;
      case (4 << 3) | BYTES:
        span.parentSpanId = reader.hex();
        break;
      case (5 << 3) | BYTES:
        span.name = reader.text();
        break;
      case (6 << 3) | VARINT: {
        const kind = OTEL_KINDS[reader.uint() - 1];
        if (kind !== undefined) span.kind = kind;
        break;
      }
      case (7 << 3) | FIXED64:
        span.startUs = reader.nanosAsUs();
        break;
      case (8 << 3) | FIXED64:
        span.endUs = reader.nanosAsUs();
        break;
      case (9 << 3) | BYTES:
        readKeyValue(reader, span.attributes);
        break;
      case (11 << 3) | BYTES:
        span.events.push(readEvent(reader));
        break;
      case (13 << 3) | BYTES:
        span.links.push(readLink(reader));
        break;
      case (15 << 3) | BYTES:
        readStatus(reader, span);
        break;
      case (16 << 3) | FIXED32:
        readFlags(reader, span);
        break;
      default:
        reader.skip(tag);
    }
  }
}

function emptySpan(): RawSpan {
  return {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    name: '',
    startUs: 0,
    endUs: 0,
    status: 'unset',
    attributes: {},
    events: [],
    links: [],
    resource: {},
  };
}

function readEvent(reader: ProtobufReader): OtelEvent {
  const outer = reader.enter();
  const event: OtelEvent = { timeUs: 0, name: '', attributes: {} };
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | FIXED64)) event.timeUs = reader.nanosAsUs();
    else if (tag === ((2 << 3) | BYTES)) event.name = reader.text();
    else if (tag === ((3 << 3) | BYTES)) readKeyValue(reader, event.attributes);
    else reader.skip(tag);
  }
  reader.leave(outer);
  return event;
}

function readLink(reader: ProtobufReader): SpanLink {
  const outer = reader.enter();
  const attributes: Attributes = {};
  const link = { traceId: '', spanId: '', attributes };
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | BYTES)) link.traceId = reader.hex();
    else if (tag === ((2 << 3) | BYTES)) link.spanId = reader.hex();
    else if (tag === ((4 << 3) | BYTES)) readKeyValue(reader, attributes);
    else reader.skip(tag);
  }
  reader.leave(outer);
  return link;
}

const STATUSES: readonly SpanStatus[] = ['unset', 'ok', 'error'];

function readStatus(reader: ProtobufReader, span: RawSpan): void {
  const outer = reader.enter();
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((2 << 3) | BYTES)) span.statusMessage = reader.text();
    else if (tag === ((3 << 3) | VARINT)) span.status = STATUSES[reader.uint()] ?? 'unset';
    else reader.skip(tag);
  }
  reader.leave(outer);
}

const KNOWS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

function readFlags(reader: ProtobufReader, span: RawSpan): void {
  const flags = reader.fixed32();
  if ((flags & KNOWS_REMOTE) !== 0) span.remoteParent = (flags & IS_REMOTE) !== 0;
}
