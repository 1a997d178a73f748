import {
  advanceCursor,
  encodeEvent,
  encodeIngestRequest,
  encodeIngestResponse,
  encodeRenewal,
  encodeServerMessage,
  formatCursor,
  parseCursor,
  parseTraceparent,
  streamTag,
  type IngestResponse,
  type ServerMessage,
} from '@spantail/protocol';
import { hashBlob } from '../../test/support/codec/hash-blob.ts';
import type { VectorCase, VectorFile } from './vector-file.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const tag = streamTag(traceId);
const prev = `${tag}.e1.1764000000000-0.0000002a`;
const cursor = `${tag}.e1.1764000000000-1.ffffffff`;
const close = encodeEvent({ type: 'close', spanId, endUs: 1, status: 'ok' });
const blobBytes = new TextEncoder().encode('a blob');
const blob = { ref: hashBlob(blobBytes), bytes: blobBytes };

export function cursorVectors(): VectorFile {
  const cases: VectorCase[] = [];
  for (const text of [prev, `${cursor}~1`, `${tag}.0.0-0.00000000~999999999`])
    cases.push({ rule: 'CU1', name: 'a cursor', text, parts: parseCursor(text) });
  for (const [name, text] of Object.entries({
    empty: '',
    'a skip of 0': `${prev}~0`,
    'a skip with a leading 0': `${prev}~01`,
    'a skip too long': `${prev}~1000000000`,
    'a tag in capitals': prev.toUpperCase(),
    'a position with a leading 0': `${tag}.e1.01-0.00000000`,
    'a position without a sequence': `${tag}.e1.1.00000000`,
    'a check too short': prev.slice(0, -1),
    'a line break behind it': `${prev}\n`,
    'no epoch': `${tag}..1-0.00000000`,
  }))
    cases.push({ rule: 'CU1', name, text, parts: parseCursor(text) ?? null });
  for (const [from, count] of [
    [prev, 1],
    [`${prev}~3`, 2],
    [prev, 0],
  ] as const)
    cases.push({
      rule: 'CU2',
      name: `${count} further`,
      from,
      count,
      to: advanceCursor(from, count),
    });
  for (const streamId of [traceId, '@runs', 'ü'])
    cases.push({ rule: 'CU1', name: `the tag of ${streamId}`, streamId, tag: streamTag(streamId) });
  if (cases.some(({ parts, text }) => parts && formatCursor(parts as never) !== text))
    throw new Error('a cursor is not the text of its parts');
  return {
    about:
      '`text` has these `parts`, and they have that text; `null`: it is no cursor. `to` is the cursor `count` events behind `from`. `tag` is the first part of the cursors of `streamId`.',
    cases,
  };
}

export function messageVectors(): VectorFile {
  const messages: ServerMessage[] = [
    { type: 'hello', protocol: 'spantail.v1', heartbeatMs: 10_000 },
    { type: 'subscribed', streamId: traceId },
    { type: 'subscribed', streamId: traceId, cursor: prev },
    { type: 'events', streamId: traceId, prev, cursor, events: [close, null, close] },
    { type: 'events', streamId: traceId, prev, cursor, events: [] },
    {
      type: 'events',
      streamId: traceId,
      prev,
      cursor,
      entries: [
        { position: '1764000000000-0', check: '0000abcd', count: 2 },
        { position: '1764000000000-1', check: 'ffffffff', count: 1 },
        { position: '1764000000450-0', check: '00000000', count: 1 },
      ],
      events: [close, null, close, close],
    },
    { type: 'blobs', streamId: traceId, blobs: [blob] },
    { type: 'live', streamId: traceId },
    { type: 'live', streamId: '@runs', cursor },
    { type: 'end', streamId: traceId, cursor, reason: 'quiet' },
    { type: 'gap', streamId: traceId, after: prev, cursor, reason: 'trimmed' },
    { type: 'reset', streamId: traceId, reason: 'recreated' },
    { type: 'stalled', streamId: traceId, reason: 'the log does not answer' },
    { type: 'unsubscribed', streamId: traceId },
    { type: 'goaway', reason: 'the gateway is stopping', graceMs: 500 },
    { type: 'error', code: 'CURSOR_INVALID', message: 'no', streamId: traceId },
    { type: 'error', code: 'BAD_MESSAGE', message: 'what?' },
    { type: 'heartbeat' },
  ];
  return {
    about: '`hex` is a binary frame of the server that says `value`, and the other way round.',
    cases: messages.map((value) => ({
      rule: 'EV14',
      name: value.type,
      hex: encodeServerMessage(value),
      value,
    })),
  };
}

export function ingestVectors(): VectorFile {
  const batch = { traceId, number: 1, fin: true, events: [close], blobs: [blob], refs: [blob.ref] };
  const request = { id: 7, producer: 'host:1.a_b-c', batches: [batch] };
  const open = { traceId, number: 2, fin: false, leaseMs: 15_000, events: [close] };
  const leased = { producer: 'p', batches: [{ ...open, blobs: [], refs: [] }] };
  const renewal = { id: 8, producer: 'p', leaseMs: 15_000, traceIds: [traceId] };
  const response: IngestResponse = {
    id: 7,
    results: [
      { outcome: 'appended', position: '1764000000000-0', missing: [] },
      { outcome: 'duplicate', position: '1764000000000-0', missing: [blob.ref] },
      { outcome: 'refused', code: 'OVERLOADED', message: 'm', retry: true, retryAfterMs: 100 },
    ],
  };
  const bad = (change: object, code: string, path: string): VectorCase => ({
    rule: 'IN2',
    name: `a batch with a wrong ${path}`,
    kind: 'refused',
    hex: encodeIngestRequest({ ...request, batches: [{ ...batch, ...change }] }),
    code,
    path: `request.batches[0].${path}`,
  });
  return {
    about:
      '`hex` is a request, response or renewal (`kind`) that says `value`. `kind: refused`: the first batch of the request is refused with `code`, in a message that names `path`; reference hashes are checked.',
    cases: [
      {
        rule: 'IN1',
        name: 'a request',
        kind: 'request',
        hex: encodeIngestRequest(request),
        value: request,
      },
      {
        rule: 'IN1',
        name: 'a request with a lease',
        kind: 'request',
        hex: encodeIngestRequest(leased),
        value: leased,
      },
      {
        rule: 'LE3',
        name: 'a renewal',
        kind: 'renewal',
        hex: encodeRenewal(renewal),
        value: renewal,
      },
      {
        rule: 'IN1',
        name: 'a response',
        kind: 'response',
        hex: encodeIngestResponse(response),
        value: response,
      },
      bad({ traceId: '0'.repeat(32) }, 'TRACE_ID_INVALID', 'traceId'),
      bad({ number: 0 }, 'BATCH_INVALID', 'number'),
      bad({ leaseMs: 0 }, 'BATCH_INVALID', 'leaseMs'),
      bad({ events: [new Uint8Array([0x80])] }, 'EVENT_INVALID', 'events[0]'),
      bad({ refs: [new Uint8Array(15)] }, 'BATCH_INVALID', 'refs[0]'),
      {
        ...bad({ blobs: [{ ...blob, ref: new Uint8Array(16) }] }, 'BATCH_INVALID', 'blobs[0]'),
        rule: 'IN4',
      },
    ],
  };
}

export function traceparentVectors(): VectorFile {
  const valid: [rule: string, text: string][] = [
    ['TC1', `00-${traceId}-${spanId}-00`],
    ['TC1', `00-${traceId}-${spanId}-01`],
    ['TC1', `00-${traceId}-${spanId}-03`],
    ['TC3', `cc-${traceId}-${spanId}-01`],
    ['TC3', `cc-${traceId}-${spanId}-01-what-the-future-will-be`],
    ['TC3', `cc-${traceId}-${spanId}-01-`],
    ['TC3', `00-${traceId}-${spanId}-ff`],
  ];
  const invalid: [rule: string, name: string, text: string][] = [
    ['TC2', 'empty', ''],
    ['TC2', 'version ff', `ff-${traceId}-${spanId}-01`],
    ['TC2', 'a version in capitals', `0A-${traceId}-${spanId}-01`],
    ['TC2', 'a version of one digit', `0-${traceId}-${spanId}-01`],
    ['TC2', 'a trace id of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['TC2', 'a trace id in capitals', `00-${traceId.toUpperCase()}-${spanId}-01`],
    ['TC2', 'a trace id too short', `00-${traceId.slice(1)}-${spanId}-01`],
    ['TC2', 'a trace id too long', `00-0${traceId}-${spanId}-01`],
    ['TC2', 'a trace id that is not hex', `00-.${traceId.slice(1)}-${spanId}-01`],
    ['TC2', 'a parent of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['TC2', 'a parent in capitals', `00-${traceId}-${spanId.toUpperCase()}-01`],
    ['TC2', 'a parent too long', `00-${traceId}-0${spanId}-01`],
    ['TC2', 'flags that are not hex', `00-${traceId}-${spanId}-.0`],
    ['TC2', 'flags of three digits', `00-${traceId}-${spanId}-001`],
    ['TC2', 'version 00 with more behind it', `00-${traceId}-${spanId}-01-`],
    ['TC2', 'version 00 with a field more', `00-${traceId}-${spanId}-01-what-the-future-will-be`],
    ['TC3', 'a later version that goes on without a dash', `cc-${traceId}-${spanId}-01.what`],
    ['TC2', 'other separators', `00_${traceId}_${spanId}_01`],
  ];
  return {
    about: '`text` is a traceparent with this `context`; `null`: it is invalid and ignored.',
    cases: [
      ...valid.map(([rule, text]) => ({
        rule,
        name: 'valid',
        text,
        context: parseTraceparent(text),
      })),
      ...invalid.map(([rule, name, text]) => ({ rule, name, text, context: null })),
    ],
  };
}
