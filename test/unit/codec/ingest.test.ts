import {
  LIMITS,
  decodeBlobList,
  decodeBlobs,
  decodeIngestMessage,
  decodeIngestRequest,
  decodeIngestResponse,
  encodeBlobList,
  encodeBlobs,
  encodeBlobsRequest,
  encodeEvent,
  encodeIngestRequest,
  encodeIngestResponse,
  type Batch,
  type IngestResponse,
} from '@spantail/protocol';
import fc from 'fast-check';
import { pack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../support/codec/expect-code.ts';
import { hashBlob } from '../../support/codec/hash-blob.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const update = { type: 'update', spanId: '00f067aa0ba902b7', seq: 0 } as const;
const event = encodeEvent(update);
const bytes = new Uint8Array(600).fill(5);
const blob = { ref: hashBlob(bytes), bytes };
const good: Batch = {
  traceId,
  number: 7,
  fin: true,
  events: [event, event],
  blobs: [blob],
  refs: [blob.ref],
};

function decodeBatches(batches: unknown): ReturnType<typeof decodeIngestRequest>['batches'] {
  return decodeIngestRequest(new Uint8Array(pack({ producer: 'p', batches })), hashBlob).batches;
}

describe('ingest', () => {
  it('[IN1] decodes the request it encodes', () => {
    const empty: Batch = { traceId, number: 1, fin: false, events: [], blobs: [], refs: [] };
    const request = { id: 3, producer: 'host.1:2', batches: [good, empty] };
    expect(decodeIngestRequest(encodeIngestRequest(request), hashBlob)).toEqual(request);
    const { id: _, ...posted } = request;
    expect(decodeIngestRequest(Buffer.from(encodeIngestRequest(posted)))).toEqual(posted);
    expect(decodeIngestMessage(encodeIngestRequest(request), hashBlob)).toEqual(request);
  });

  it('[IN1] fills in what a batch may leave out', () => {
    expect(decodeBatches([{ traceId, number: 1, events: [event] }])).toEqual([
      { traceId, number: 1, fin: false, events: [event], blobs: [], refs: [] },
    ]);
  });

  it('[IN1] decodes the response it encodes', () => {
    const response: IngestResponse = {
      id: 3,
      results: [
        { outcome: 'appended', position: '1-0', missing: [blob.ref] },
        { outcome: 'duplicate', position: '', missing: [] },
        { outcome: 'refused', code: 'EVENT_INVALID', message: 'why', retry: false },
        { outcome: 'refused', code: 'OVERLOADED', message: 'why', retry: true, retryAfterMs: 50 },
      ],
    };
    expect(decodeIngestResponse(encodeIngestResponse(response))).toEqual(response);
    expectCode('BAD_MESSAGE', () => decodeIngestResponse(new Uint8Array(pack({ results: [7] }))));
    expectCode('BAD_MESSAGE', () => decodeIngestResponse(new Uint8Array([1])));
  });

  it('[IN1] decodes the blobs it encodes', () => {
    const request = { id: 1, traceId, blobs: [blob] };
    expect(decodeIngestMessage(encodeBlobsRequest(request), hashBlob)).toEqual(request);
    expect(decodeBlobs(encodeBlobs([blob]), hashBlob)).toEqual([blob]);
    const found = [bytes, undefined, new Uint8Array()];
    expect(decodeBlobList(encodeBlobList(found))).toEqual(found);
    expectCode('BATCH_INVALID', () => decodeBlobs(new Uint8Array([0x80])));
    expectCode('BAD_MESSAGE', () => decodeBlobList(new Uint8Array([0x91, 1])));
  });

  it.each([
    ['batches[1]', 'BATCH_INVALID', 7],
    ['batches[1].traceId', 'TRACE_ID_INVALID', { ...good, traceId: 'X' }],
    ['batches[1].number', 'BATCH_INVALID', { ...good, number: 0 }],
    ['batches[1].number', 'BATCH_INVALID', { ...good, number: 1.5 }],
    ['batches[1].fin', 'BATCH_INVALID', { ...good, fin: 'yes' }],
    ['batches[1].events', 'BATCH_INVALID', { ...good, events: 'none' }],
    ['batches[1].events[0]', 'BATCH_INVALID', { ...good, events: [update] }],
    ['batches[1].events[1]', 'EVENT_INVALID', { ...good, events: [event, event.slice(1)] }],
    ['batches[1].events[0]', 'EVENT_INVALID', { ...good, events: [pack({ ...update, seq: -1 })] }],
    [
      'batches[1].events[0]',
      'EVENT_INVALID',
      { ...good, events: [new Uint8Array(10_000).fill(0x91)] },
    ],
    ['batches[1].blobs[0].ref', 'BATCH_INVALID', { ...good, blobs: [{ ...blob, ref: bytes }] }],
    ['batches[1].refs[0]', 'BATCH_INVALID', { ...good, refs: [new Uint8Array(15)] }],
  ])('[IN2] refuses a bad %s with %s and no other batch', (path, code, bad) => {
    const decoded = decodeBatches([good, bad, { ...good, number: 8 }]);
    expect(decoded).toMatchObject([
      { number: 7 },
      { outcome: 'refused', code, retry: false },
      { number: 8 },
    ]);
    expect(decoded[1]).toHaveProperty('message', expect.stringContaining(path));
  });

  it.each([
    ['no map', pack([good])],
    ['no producer', pack({ batches: [] })],
    ['a bad producer', pack({ producer: 'a b', batches: [] })],
    ['no batches', pack({ producer: 'p' })],
    ['a bad id', pack({ id: -1, producer: 'p', batches: [] })],
    ['nothing', new Uint8Array()],
    ['half a request', encodeIngestRequest({ producer: 'p', batches: [good] }).slice(0, -1)],
    ['a string of 64 MB that is not there', Buffer.from('81a870726f6475636572db04000000', 'hex')],
    ['10,000 levels', new Uint8Array(10_000).fill(0x91)],
  ])('[IN3] refuses a request with %s as a whole', (_, request) => {
    expectCode('BATCH_INVALID', () => decodeIngestRequest(new Uint8Array(request)));
    expectCode('BATCH_INVALID', () => decodeIngestMessage(new Uint8Array(request)));
  });

  it('[IN3] throws nothing else for random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (request) => {
        expectCode('BATCH_INVALID', () => decodeIngestRequest(request));
      }),
      { numRuns: 1_000 },
    );
  });

  it('[IN4] refuses a blob under the name of another one', () => {
    const forged = { ref: blob.ref, bytes: new Uint8Array(600) };
    expect(decodeBatches([{ ...good, blobs: [forged] }])).toMatchObject([
      { outcome: 'refused', code: 'BATCH_INVALID', message: expect.stringContaining('hash') },
    ]);
    expectCode('BATCH_INVALID', () => decodeBlobs(encodeBlobs([forged]), hashBlob));
    const request = encodeBlobsRequest({ traceId, blobs: [forged] });
    expectCode('BATCH_INVALID', () => decodeIngestMessage(request, hashBlob));
  });

  it('[IN5] refuses what is too large, in its own place', () => {
    const many = Array.from({ length: LIMITS.batchEvents + 1 }, () => event);
    const megabyte = encodeEvent({ ...update, outputDelta: 'x'.repeat(1_000_000) });
    const large = encodeEvent({ ...update, outputDelta: 'x'.repeat(LIMITS.eventBytes) });
    const huge = new Uint8Array(LIMITS.blobBytes + 1);
    expect(
      decodeBatches([
        { ...good, events: many },
        { ...good, events: Array.from({ length: 5 }, () => megabyte) },
        { ...good, events: [large] },
        { ...good, blobs: [{ ref: hashBlob(huge), bytes: huge }] },
        good,
      ]),
    ).toMatchObject([
      { code: 'TOO_LARGE' },
      { code: 'TOO_LARGE' },
      { code: 'TOO_LARGE', message: expect.stringContaining('batches[2].events[0]') },
      { code: 'TOO_LARGE' },
      { number: 7 },
    ]);
  });

  it('[IN5] refuses a request that is too large as a whole', () => {
    expectCode('TOO_LARGE', () => decodeIngestRequest(new Uint8Array(LIMITS.ingestBytes + 1)));
  });
});
