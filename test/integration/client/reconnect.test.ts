import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type ConnectionState } from '@spantail/client';
import { encodeEvent, encodeIngestRequest, type TraceEvent } from '@spantail/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { connect, connectThrough } from '../../support/client/connect.ts';
import { eventOf } from '../../support/client/collect.ts';
import { publishRun } from '../../support/client/publish.ts';
import { startGatewayProcess } from '../../support/gateway-process.ts';
import { generateRun, seededRandom } from '../../support/generate-run.ts';
import { eventually, startTestGateway } from '../../support/gateway.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe(`a connection that breaks (SEED=${SEED})`, () => {
  it.each(['events', 'watch'] as const)(
    '[CL7, PROM3] goes on from its place across cut sockets, with %s',
    async (how) => {
      const random = seededRandom(SEED);
      const gateway = await startTestGateway({ tracker: { graceMs: 5 } });
      const { client, proxy } = await connectThrough(gateway, { random: () => random() / 20 });
      const { traceId, events } = generateRun(SEED, { spans: 30 });
      const got: TraceEvent[] = [];
      let ends = 0;
      const finished = (async () => {
        if (how === 'watch') {
          const run = client.watch(traceId);
          await new Promise((resolve) => run.on('end', resolve));
          for (const { span } of run.tree.walk()) expect(span.state).toBe('closed');
          return;
        }
        for await (const item of client.events(traceId, { follow: true })) {
          if (item.type === 'end') ends++;
          else got.push(eventOf(item));
          if (ends > 0 && got.length === events.length) return;
        }
      })();
      let cuts = 0;
      for (const [i, event] of events.entries()) {
        await gateway.append(traceId, [event], { fin: i === events.length - 1 });
        if (random() < 0.3 && proxy.cut(random())) cuts++;
        if (random() < 0.2) await new Promise((resolve) => setImmediate(resolve));
      }
      await finished;
      expect(cuts).toBeGreaterThan(0);
      if (how === 'events') expect(got).toEqual(events);
    },
  );

  it('[CL14] tells an end once, however often it connects again', async () => {
    const gateway = await startTestGateway({ tracker: { graceMs: 5 } });
    const { client, proxy } = await connectThrough(gateway, { random: () => 0 });
    const { traceId } = await publishRun(gateway, 41);
    const run = client.watch(traceId);
    let ends = 0;
    run.on('end', () => ends++);
    for (let i = 0; i < 3; i++) {
      await eventually(() => run.status === 'ended', 'it has ended');
      proxy.cut(0);
      await eventually(() => run.status === 'connecting', 'it notices');
    }
    await eventually(() => run.status === 'ended', 'it has ended');
    expect(ends).toBe(1);
  });

  it('[CL7] waits for a gateway that is not there yet', async () => {
    const port = await freePort();
    const states: ConnectionState[] = [];
    const client = connect({ url: `http://127.0.0.1:${port}` }, { random: () => 0.1 });
    client.on('status', (state) => states.push(state));
    const { traceId, events } = generateRun(42);
    const first = client.events(traceId).next();
    await eventually(
      () => states.some(({ kind }) => kind === 'waiting'),
      'the client waits to try again',
    );
    const gateway = await startTestGateway({ port });
    await gateway.append(traceId, events);
    const { value } = await first;
    expect(value && eventOf(value)).toEqual(events[0]);
  });

  it('[CL9, CL7] leaves a gateway that goes away, and finds it again on its port', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'spantail-client-'));
    const gateway = await startGatewayProcess(['--data', directory]);
    onTestFinished(async () => {
      await gateway.kill();
      rmSync(directory, { recursive: true, force: true });
    });
    const { traceId, events } = generateRun(43);
    let number = 0;
    const append = async (some: TraceEvent[]): Promise<void> => {
      const batch = { traceId, number: ++number, fin: false, blobs: [], refs: [] };
      const body = encodeIngestRequest({
        producer: 'test',
        batches: [{ ...batch, events: some.map(encodeEvent) }],
      });
      const response = await fetch(`${gateway.url}/api/v1/ingest`, {
        method: 'POST',
        headers: { 'content-type': 'application/msgpack' },
        body: body.slice(),
      });
      expect(response.status).toBe(200);
    };
    const reasons: string[] = [];
    const client = connect(gateway, { random: () => 0.2 });
    client.on('status', (state) => {
      if (state.kind === 'waiting') reasons.push(state.reason);
    });
    const got: TraceEvent[] = [];
    const reading = (async () => {
      for await (const item of client.events(traceId)) got.push(eventOf(item));
    })();
    await append(events.slice(0, 5));
    await eventually(() => got.length === 5, 'the first events came');
    expect(await gateway.stop()).toBe(0);
    expect(reasons[0]).toBe('the gateway is stopping');
    await gateway.restart();
    await append(events.slice(5, 9));
    await eventually(() => got.length === 9, 'the next events came');
    await gateway.kill();
    await gateway.restart();
    await append(events.slice(9));
    await eventually(() => got.length === events.length, 'all events came');
    client.close();
    await reading;
    expect(got).toEqual(events);
  });

  it('[CL8] ends for good when there is no common protocol', async () => {
    const gateway = await startTestGateway();
    class Stranger extends WebSocket {
      constructor(url: string) {
        super(url, 'spantail.v999');
      }
    }
    const client = createClient({ url: gateway.url, webSocket: Stranger });
    await expect(client.events('a'.repeat(32)).next()).rejects.toMatchObject({
      code: 'PROTOCOL_UNSUPPORTED',
    });
  });

  it('[CL8] works with the WebSocket of "ws" and with the platform’s', async () => {
    const gateway = await startTestGateway({ tracker: { graceMs: 5 } });
    const { traceId, events } = await publishRun(gateway, 44);
    for (const webSocket of [WebSocket, globalThis.WebSocket]) {
      const client = connect(gateway, { webSocket });
      const got: TraceEvent[] = [];
      for await (const item of client.events(traceId)) got.push(eventOf(item));
      expect(got).toEqual(events);
    }
  });
});
