import { createHash } from 'node:crypto';
import {
  decodeBlobList,
  decodeEvent,
  encodeBlobs,
  encodeBlobsRequest,
  encodeEvent,
  encodeIngestRequest,
  toHex,
} from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { generateRun } from '../../support/generate-run.ts';
import { eventually, startTestGateway } from '../../support/gateway.ts';
import { IngestSocket, batchOf, postBatches, postBytes } from '../../support/ingest.ts';
import { startObservedGateway } from '../../support/observed-gateway.ts';
import { RawViewer } from '../../support/raw-viewer.ts';

function blob(text: string): { ref: Uint8Array; bytes: Uint8Array } {
  const bytes = new TextEncoder().encode(text);
  return {
    ref: new Uint8Array(createHash('sha256').update(bytes).digest().subarray(0, 16)),
    bytes,
  };
}

describe('publishing through the gateway', () => {
  it('[IN1, LOG2] takes a batch once, however often it is sent, over HTTP and the socket', async () => {
    const gateway = await startTestGateway();
    const { traceId, events } = generateRun(61);
    const viewer = await RawViewer.connect(gateway.url);
    viewer.subscribe(traceId);
    const half = Math.floor(events.length / 2);
    const first = batchOf({ traceId, number: 1, events: events.slice(0, half).map(encodeEvent) });
    const second = batchOf({ traceId, number: 2, events: events.slice(half).map(encodeEvent) });
    const socket = await IngestSocket.connect(gateway.url);
    const send = async (batches: (typeof first)[], id: number): Promise<string[]> => {
      const answer = await socket.ask(encodeIngestRequest({ id, producer: 'p', batches }));
      expect(answer.id).toBe(id);
      return answer.results.map(({ outcome }) => outcome);
    };
    const outcomes = await postBatches(gateway.url, 'p', [first]);
    expect(outcomes).toMatchObject([{ outcome: 'appended', missing: [] }]);
    expect(await send([first], 7)).toEqual(['duplicate']);
    expect(await send([first, second], 8)).toEqual(['duplicate', 'appended']);
    expect(await postBatches(gateway.url, 'p', [second, first])).toMatchObject([
      { outcome: 'duplicate' },
      { outcome: 'duplicate' },
    ]);
    const got = (await viewer.events(events.length)).map((one) => decodeEvent(one));
    expect(got).toEqual(events);
    viewer.send({ type: 'unsubscribe', streamId: traceId });
    await viewer.next('unsubscribed');
    expect(viewer.messages.filter(({ type }) => type === 'events').length).toBeLessThanOrEqual(3);
    await Promise.all([viewer.close(), socket.close()]);
  });

  it('[IN1, IN4, LOG5] names missing blobs and takes them, over HTTP and the socket', async () => {
    const gateway = await startTestGateway();
    const { traceId } = generateRun(62);
    const [one, two, wrong] = [blob('one'), blob('two'), { ...blob('x'), ref: blob('y').ref }];
    const batch = batchOf({ traceId, refs: [one.ref, two.ref] });
    const [result] = await postBatches(gateway.url, 'p', [batch]);
    expect(result).toMatchObject({ outcome: 'appended', missing: [one.ref, two.ref] });
    const blobsUrl = `${gateway.url}/api/v1/traces/${traceId}/blobs`;
    expect((await postBytes(blobsUrl, encodeBlobs([one]))).status).toBe(204);
    const refused = await postBytes(blobsUrl, encodeBlobs([two, wrong]));
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ code: 'BATCH_INVALID' });
    const socket = await IngestSocket.connect(gateway.url);
    const sent = await socket.ask(encodeBlobsRequest({ id: 1, traceId, blobs: [two] }));
    expect(sent).toEqual({ id: 1, results: [] });
    const hashes = [one, two, wrong].map(({ ref }) => `&hash=${toHex(ref)}`).join('');
    const found = await fetch(`${gateway.url}/api/v1/blobs?traceId=${traceId}${hashes}`);
    const list = decodeBlobList(new Uint8Array(await found.arrayBuffer()));
    expect(list).toEqual([one.bytes, two.bytes, undefined]);
    await socket.close();
  });

  it('[IN8] refuses with OVERLOADED while too much is being written, and takes it later', async () => {
    const gateway = await startObservedGateway({ maxInFlightBytes: 1_000 });
    const { traceId } = generateRun(63);
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    gateway.observed.before = (method) => (method === 'append' ? held : undefined);
    const event = encodeEvent({
      type: 'update',
      spanId: '1'.repeat(16),
      seq: 0,
      outputDelta: 'x'.repeat(800),
    });
    const request = (producer: string): Uint8Array =>
      encodeIngestRequest({ producer, batches: [batchOf({ traceId, events: [event] })] });
    const first = postBytes(gateway.url, request('a'));
    await eventually(() => gateway.observed.count('append') === 1, 'the first is being written');
    const second = await postBytes(gateway.url, request('b'));
    expect(second.status).toBe(429);
    expect(second.headers.get('retry-after')).toBe('1');
    expect(await second.json()).toMatchObject({ code: 'OVERLOADED' });
    const socket = await IngestSocket.connect(gateway.url);
    const refusal = await socket.ask(request('c'));
    expect(refusal.results).toMatchObject([
      { outcome: 'refused', code: 'OVERLOADED', retry: true },
    ]);
    release();
    expect((await first).status).toBe(200);
    expect((await postBytes(gateway.url, request('b'))).status).toBe(200);
    await socket.close();
  });

  it('[WS3] cuts the socket of a publisher that is gone', async () => {
    const gateway = await startTestGateway({ heartbeatMs: 20 });
    const lively = await IngestSocket.connect(gateway.url);
    const silent = await IngestSocket.connect(gateway.url);
    silent.socket.pong = () => {};
    expect(await silent.closed).toBe(1006);
    const { traceId } = generateRun(64);
    const request = encodeIngestRequest({ producer: 'p', batches: [batchOf({ traceId })] });
    expect((await lively.ask(request)).results).toMatchObject([{ outcome: 'appended' }]);
    await lively.close();
  });
});
