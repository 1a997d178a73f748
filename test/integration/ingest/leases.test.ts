import { SpantailError, encodeEvent, encodeIngestRequest, encodeRenewal } from '@spantail/protocol';
import { pack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { startTestGateway } from '../../support/gateway.ts';
import { generateRun } from '../../support/generate-run.ts';
import { IngestSocket, batchOf, postBatches } from '../../support/ingest.ts';
import { startObservedGateway } from '../../support/observed-gateway.ts';

const HOUR_MS = 3_600_000;

async function post(url: string, body: Uint8Array, type = 'application/msgpack') {
  const response = await fetch(`${url}/api/v1/leases`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: Buffer.from(body),
  });
  return { status: response.status, text: await response.text() };
}

/** Traces with one open span, whose lease is nearly nothing. */
async function openTraces(url: string, count: number): Promise<string[]> {
  const runs = Array.from({ length: count }, (_, i) => generateRun(700 + i));
  const batches = runs.map(({ traceId, events }) =>
    batchOf({ traceId, leaseMs: 1, events: events.slice(0, 1).map(encodeEvent) }),
  );
  for (const result of await postBatches(url, 'p', batches))
    expect(result.outcome).toBe('appended');
  return runs.map(({ traceId }) => traceId);
}

describe('leases at the gateway', () => {
  it('[LE3] are renewed over HTTP and the socket, where the producer has one', async () => {
    const { url, observed } = await startObservedGateway();
    const traceIds = await openTraces(url, 4);
    const lapsed = async (): Promise<string[]> =>
      (await observed.log.lapsed(100)).map(({ streamId }) => streamId).sort();
    const [one = '', two = '', three = '', four = ''] = traceIds;
    await eventually(async () => (await lapsed()).length === 4, 'all of them lapse');

    const stranger = generateRun(799).traceId;
    const renewal = { producer: 'p', leaseMs: HOUR_MS, traceIds: [one, two, stranger] };
    expect(await post(url, encodeRenewal(renewal))).toEqual({ status: 204, text: '' });
    expect(await lapsed()).toEqual([three, four].sort());
    const others = encodeRenewal({ ...renewal, producer: 'q', traceIds });
    expect((await post(url, others)).status).toBe(204);
    expect(await lapsed()).toEqual([three, four].sort());

    const socket = await IngestSocket.connect(url);
    const message = encodeRenewal({ ...renewal, id: 5, traceIds: [three, stranger] });
    expect(await socket.ask(message)).toEqual({ id: 5, results: [] });
    expect(await lapsed()).toEqual([four]);
    expect(await observed.log.tail({ project: 'default', streamId: stranger })).toBeUndefined();
    await socket.close();
  });

  it('[LE3, IN7] a wrong renewal is refused, and the socket goes on', async () => {
    const gateway = await startTestGateway();
    const wrong = new Uint8Array(pack({ producer: 'p', leaseMs: 0, traceIds: [] }));
    expect(await post(gateway.url, wrong)).toMatchObject({
      status: 400,
      text: expect.stringContaining('leaseMs'),
    });
    expect((await post(gateway.url, Uint8Array.of(0xc1))).status).toBe(400);
    const json = new TextEncoder().encode('{}');
    expect((await post(gateway.url, json, 'application/json')).status).toBe(400);

    const socket = await IngestSocket.connect(gateway.url);
    expect(await socket.ask(wrong)).toMatchObject({ results: [{ code: 'BATCH_INVALID' }] });
    const { traceId } = generateRun(701);
    const batches = [batchOf({ traceId })];
    const answer = await socket.ask(encodeIngestRequest({ producer: 'p', batches }));
    expect(answer.results).toMatchObject([{ outcome: 'appended' }]);
    await socket.close();
  });

  it('[LE3] are 503 while the log is not reached', async () => {
    const { url, observed } = await startObservedGateway();
    const [traceId = ''] = await openTraces(url, 1);
    observed.before = (method) => {
      if (method === 'renew') throw new SpantailError('LOG_UNAVAILABLE', 'not now');
    };
    const renewal = encodeRenewal({ producer: 'p', leaseMs: HOUR_MS, traceIds: [traceId] });
    expect((await post(url, renewal)).status).toBe(503);
  });
});
