import { decodeEvent, type TraceEvent } from '@spantail/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { generateRun } from '../../support/generate-run.ts';
import { eventually, startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { RawViewer } from '../../support/raw-viewer.ts';
import { startRedis } from '../../support/redis-server.ts';

/** Sends the batch until it is taken, as a publisher does. */
async function insist(gateway: TestGateway, traceId: string, events: TraceEvent[]): Promise<void> {
  await eventually(async () => {
    try {
      await gateway.append(traceId, events);
      return true;
    } catch {
      return false;
    }
  }, 'the log takes the events');
}

describe('an outage of Redis under viewers', () => {
  it.each(['pause', 'kill'] as const)(
    '[SUB13] stalls each viewer once and goes on without a gap (%s)',
    async (how) => {
      const redis = await startRedis({ aof: true });
      onTestFinished(() => redis.stop());
      const gateway = await startTestGateway({ redis: redis.url });
      const { traceId, events } = generateRun(31, { spans: 12 });
      const half = Math.floor(events.length / 2);
      await gateway.append(traceId, events.slice(0, half));
      const viewers: RawViewer[] = [];
      for (const payloads of ['reference', 'inline', 'reference'] as const) {
        const viewer = await RawViewer.connect(gateway.url);
        viewers.push(viewer);
        viewer.send({ type: 'subscribe', streamId: traceId, payloads });
        await viewer.events(half);
        await viewer.next('live');
      }
      if (how === 'pause') redis.pause();
      else await redis.kill();
      for (const viewer of viewers)
        expect(await viewer.next('stalled')).toMatchObject({ streamId: traceId });
      if (how === 'pause') redis.resume();
      else await redis.restart();
      for (const viewer of viewers) await viewer.next('live');
      await insist(gateway, traceId, events.slice(half));
      for (const viewer of viewers) {
        await viewer.events(events.length - half);
        const frames = viewer.messages.filter((message) => message.type === 'events');
        const all = frames.flatMap((frame) => frame.events);
        expect(all.map((one) => decodeEvent(one ?? new Uint8Array()))).toEqual(events);
        for (const [i, frame] of frames.entries())
          if (i > 0) expect(frame.prev).toBe(frames[i - 1]?.cursor);
        const told = viewer.messages.filter(({ type }) => type === 'stalled' || type === 'reset');
        expect(told.map(({ type }) => type)).toEqual(['stalled']);
        await viewer.close();
      }
    },
  );

  it('[SUB13, SUB1] takes a subscription while Redis is away, and serves it afterwards', async () => {
    const redis = await startRedis({ aof: true });
    onTestFinished(() => redis.stop());
    const gateway = await startTestGateway({ redis: redis.url });
    const { traceId, events } = generateRun(32);
    await gateway.append(traceId, events);
    await redis.kill();
    const viewer = await RawViewer.connect(gateway.url);
    viewer.subscribe(traceId);
    await viewer.next('stalled');
    await redis.restart();
    expect(await viewer.events(events.length)).toHaveLength(events.length);
    await viewer.next('live');
    expect(viewer.messages.filter(({ type }) => type === 'stalled')).toHaveLength(1);
    await viewer.close();
  });
});
