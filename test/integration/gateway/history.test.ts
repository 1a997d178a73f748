import { decodeEvent, type TraceEvent } from '@spantail/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { appendTrimmed } from '../../support/append-trimmed.ts';
import { generateRun } from '../../support/generate-run.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { RawViewer } from '../../support/raw-viewer.ts';
import { redisCommand, startRedis, type RedisServer } from '../../support/redis-server.ts';

async function redisServer(): Promise<RedisServer> {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  return redis;
}

function decoded(events: Uint8Array[]): TraceEvent[] {
  return events.map((one) => decodeEvent(one));
}

describe.each(['embedded', 'redis'])('a history that is not whole, %s', (kind) => {
  const start = async (): Promise<TestGateway> =>
    startTestGateway(kind === 'redis' ? { redis: (await redisServer()).url } : {});

  it('[SUB7, PROM4] tells a gap when the cursor’s entry was trimmed', async () => {
    const gateway = await start();
    const { traceId, events } = generateRun(21, { spans: 8 });
    const viewer = await RawViewer.connect(gateway.url);
    await gateway.append(traceId, events.slice(0, 1));
    viewer.subscribe(traceId);
    const { cursor: after } = await viewer.next('events');
    await viewer.close();
    // On Redis trimming goes by whole nodes of 100 entries.
    const many = Array.from({ length: 500 }, (_, i) => events[1 + (i % (events.length - 1))]);
    await appendTrimmed(gateway, traceId, many as TraceEvent[], 5);

    const late = await RawViewer.connect(gateway.url);
    late.subscribe(traceId, { after });
    const gap = await late.next('gap');
    expect(gap).toMatchObject({ after, reason: 'trimmed' });
    const frame = await late.next('events');
    expect(frame.prev).toBe(gap.cursor);
    const kept = frame.events.map((event) => decodeEvent(event ?? new Uint8Array()));
    expect(kept.length).toBeLessThan(500);
    expect(kept).toEqual(many.slice(-kept.length));
    // The place behind the gap is one to resume from; the whole trace is not there any more.
    late.subscribe(traceId, { after: gap.cursor });
    expect(decoded(await late.events(kept.length))).toEqual(kept);
    late.subscribe(traceId);
    expect((await late.next('gap')).cursor).toBe(gap.cursor);
    expect(late.messages.filter(({ type }) => type === 'gap')).toHaveLength(2);
    await late.close();
  });
});

describe('a history that changes under a live subscription', () => {
  it('[SUB7, PROM4] tells a slow viewer of entries trimmed before it came to them', async () => {
    const gateway = await startTestGateway({ viewerLimits: { highWaterBytes: 1 } });
    const { traceId } = generateRun(22);
    const text = 'x'.repeat(200_000);
    const updates = Array.from({ length: 200 }, (_, seq): TraceEvent => ({
      type: 'update',
      spanId: '1'.repeat(16),
      seq,
      outputDelta: text,
    }));
    const viewer = await RawViewer.connect(gateway.url);
    viewer.subscribe(traceId);
    await viewer.next('live');
    viewer.socket.pause();
    await appendTrimmed(gateway, traceId, updates, 3);
    viewer.socket.resume();
    const got: number[] = [];
    while (got.at(-1) !== 199) {
      const message = await viewer.next('events', 'gap');
      if (message.type === 'gap') got.push(-1);
      else
        for (const bytes of message.events) {
          const event = decodeEvent(bytes ?? new Uint8Array());
          if (event.type === 'update') got.push(event.seq);
        }
    }
    // Each hole has its gap, and there is no gap without a hole; the last three are all there.
    expect(got.slice(-3)).toEqual([197, 198, 199]);
    expect(got).toContain(-1);
    for (const [i, seq] of got.entries()) {
      if (seq === -1 || i === 0) continue;
      const before = got[i - 1] ?? -1;
      if (before === -1) expect(seq).toBeGreaterThan((got[i - 2] ?? -1) + 1);
      else expect(seq).toBe(before + 1);
    }
    await viewer.close();
  });

  it('[SUB8, PROM4] resets when the data is gone, and again follows what is written then', async () => {
    const redis = await redisServer();
    const gateway = await startTestGateway({ redis: redis.url });
    const { traceId, events } = generateRun(23);
    await gateway.append(traceId, events);
    const viewer = await RawViewer.connect(gateway.url);
    viewer.subscribe(traceId);
    await viewer.events(events.length);
    await viewer.next('live');
    await redisCommand(redis.port, 'FLUSHALL');
    expect(await viewer.next('reset')).toMatchObject({ streamId: traceId, reason: 'lost' });
    expect((await viewer.next('live')).cursor).toBeUndefined();
    await gateway.append(traceId, events.slice(0, 3), { producer: 'again' });
    expect(decoded(await viewer.events(3))).toEqual(events.slice(0, 3));
    await viewer.close();
  });

  it('[SUB8, PROM4] resets when the stream was created anew in the meantime', async () => {
    const redis = await redisServer();
    const gateway = await startTestGateway({ redis: redis.url });
    const { traceId, events } = generateRun(24);
    await gateway.append(traceId, events.slice(0, 2));
    const viewer = await RawViewer.connect(gateway.url);
    viewer.subscribe(traceId);
    await viewer.events(2);
    await redisCommand(redis.port, 'FLUSHALL');
    await gateway.append(traceId, events, { producer: 'again' });
    await viewer.next('reset');
    const got = decoded(await viewer.events(events.length));
    expect(got).toEqual(events);
    await viewer.next('live');
    await viewer.close();
  });

  it('[SUB8, PROM4] resets when Redis comes back without its data', async () => {
    const redis = await redisServer();
    const gateway = await startTestGateway({ redis: redis.url });
    const { traceId, events } = generateRun(25);
    await gateway.append(traceId, events);
    const viewer = await RawViewer.connect(gateway.url);
    viewer.subscribe(traceId);
    await viewer.events(events.length);
    await redis.kill();
    await viewer.next('stalled');
    await redis.restart();
    expect(await viewer.next('reset')).toMatchObject({ reason: 'lost' });
    await viewer.close();
  });
});
