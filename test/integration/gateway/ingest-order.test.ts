import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  SpantailError,
  decodeIngestResponse,
  encodeEvent,
  encodeIngestRequest,
  type Batch,
  type IngestResponse,
} from '@spantail/protocol';
import { openLog, type EventLog } from 'spantail';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startTestGateway } from '../../support/gateway.ts';

const traceId = 'a1'.repeat(16);
const otherTraceId = 'b2'.repeat(16);
const BOUNDS = { after: '0-0', maxEntries: 100, maxBytes: 1e6 };

function batch(number: number, trace = traceId): Batch {
  const event = encodeEvent({ type: 'update', spanId: '00f067aa0ba902b7', seq: number });
  return { traceId: trace, number, fin: false, events: [event], blobs: [], refs: [] };
}

/** A real log that refuses an append whenever `fails` says so. */
async function openFlakyLog(fails: (number: number, streamId: string) => boolean) {
  const directory = mkdtempSync(join(tmpdir(), 'spantail-test-'));
  const log = await openLog(undefined, directory, 600_000);
  onTestFinished(async () => {
    await log.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const append: EventLog['append'] = async (request, options) => {
    if (fails(request.number, request.streamId))
      throw new SpantailError('LOG_UNAVAILABLE', `out of order at ${request.number}`);
    return log.append(request, options);
  };
  return new Proxy(log, {
    get: (target, name) => {
      if (name === 'append') return append;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

async function post(url: string, batches: Batch[]): Promise<IngestResponse['results']> {
  const response = await fetch(`${url}/api/v1/ingest`, {
    method: 'POST',
    headers: { 'content-type': 'application/msgpack' },
    body: Buffer.from(encodeIngestRequest({ producer: 'p', batches })),
  });
  return decodeIngestResponse(new Uint8Array(await response.arrayBuffer())).results;
}

async function numbers(log: EventLog, streamId: string): Promise<number[]> {
  const entries = await log.read({ project: 'default', streamId }, BOUNDS);
  return entries.map((entry) => entry.number);
}

describe('batches of one trace in one ingest request', () => {
  it('[IN6] go no further than the one that is to be sent again, and lose nothing by it', async () => {
    let down = true;
    const log = await openFlakyLog((number, streamId) => {
      return down && number === 2 && streamId === traceId;
    });
    const { url } = await startTestGateway({ log });
    const batches = [batch(1), batch(2), batch(1, otherTraceId), batch(3), batch(2, otherTraceId)];

    const first = await post(url, batches);
    expect(first.map(({ outcome }) => outcome)).toEqual([
      'appended',
      'refused',
      'appended',
      'refused',
      'appended',
    ]);
    expect(first[3]).toMatchObject({ code: 'LOG_UNAVAILABLE', retry: true });
    expect(await numbers(log, traceId)).toEqual([1]);
    expect(await numbers(log, otherTraceId)).toEqual([1, 2]);

    down = false;
    const second = await post(url, batches);
    expect(second.map(({ outcome }) => outcome)).toEqual([
      'duplicate',
      'appended',
      'duplicate',
      'appended',
      'duplicate',
    ]);
    expect(await numbers(log, traceId)).toEqual([1, 2, 3]);
    expect(await numbers(log, otherTraceId)).toEqual([1, 2]);
  });

  it('[IN6] go on behind one that is refused for good', async () => {
    const log = await openFlakyLog(() => false);
    const { url } = await startTestGateway({ log });
    const wrong = { ...batch(2), events: [Uint8Array.of(0xc1)] };
    const results = await post(url, [batch(1), wrong, batch(3)]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['appended', 'refused', 'appended']);
    expect(await numbers(log, traceId)).toEqual([1, 3]);
  });
});
