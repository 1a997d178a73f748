import {
  LIMITS,
  decodeIngestMessage,
  decodeIngestRequest,
  decodeRenewal,
  encodeIngestRequest,
  encodeRenewal,
} from '@spantail/protocol';
import { pack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../support/codec/expect-code.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const good = { producer: 'host.1:2', leaseMs: 15_000, traceIds: [traceId, traceId] };

describe('leases on the wire', () => {
  it('[IN1, LE3] decodes the renewal it encodes', () => {
    for (const renewal of [good, { ...good, id: 3, traceIds: [] }, { ...good, leaseMs: 1 }]) {
      expect(decodeRenewal(encodeRenewal(renewal))).toEqual(renewal);
      expect(decodeIngestMessage(encodeRenewal(renewal))).toEqual(renewal);
    }
  });

  it('[IN1, LE1] decodes the lease of a batch', () => {
    const batch = { traceId, number: 1, fin: false, events: [], blobs: [], refs: [] };
    const request = { producer: 'p', batches: [{ ...batch, leaseMs: LIMITS.leaseMs }, batch] };
    expect(decodeIngestRequest(encodeIngestRequest(request))).toEqual(request);
  });

  it.each([
    ['BATCH_INVALID', 'producer', { ...good, producer: 'a b' }],
    ['BATCH_INVALID', 'producer', { ...good, producer: null }],
    ['BATCH_INVALID', 'leaseMs', { ...good, leaseMs: 0 }],
    ['BATCH_INVALID', 'leaseMs', { ...good, leaseMs: 1.5 }],
    ['BATCH_INVALID', 'leaseMs', { ...good, leaseMs: LIMITS.leaseMs + 1 }],
    ['BATCH_INVALID', 'traceIds', { ...good, traceIds: traceId }],
    ['BATCH_INVALID', 'id', { ...good, id: -1 }],
    ['TRACE_ID_INVALID', 'traceIds[1]', { ...good, traceIds: [traceId, 'x'] }],
    [
      'TOO_LARGE',
      'traceIds',
      { ...good, traceIds: Array.from({ length: LIMITS.leaseTraces + 1 }, () => traceId) },
    ],
  ] as const)('[LE3] refuses with %s a renewal with a wrong %s', (code, path, renewal) => {
    const bytes = new Uint8Array(pack(renewal));
    for (const decode of [decodeRenewal, (some: Uint8Array) => decodeIngestMessage(some)]) {
      expectCode(code, () => decode(bytes));
      expect(() => decode(bytes)).toThrow(path);
    }
  });

  it.each([0, -1, 1.5, 'soon', LIMITS.leaseMs + 1])(
    '[IN2, LE1] refuses a batch with a lease of %s, and no other one',
    (leaseMs) => {
      const batch = { traceId, number: 7, events: [] };
      const bytes = new Uint8Array(
        pack({ producer: 'p', batches: [{ ...batch, leaseMs }, batch] }),
      );
      expect(decodeIngestRequest(bytes).batches).toMatchObject([
        { outcome: 'refused', code: 'BATCH_INVALID', message: expect.stringContaining('leaseMs') },
        { number: 7 },
      ]);
    },
  );
});
