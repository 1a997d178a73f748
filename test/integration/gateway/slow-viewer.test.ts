import { decodeEvent, type TraceEvent } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/gateway.ts';
import { startObservedGateway } from '../../support/observed-gateway.ts';
import { RawViewer } from '../../support/raw-viewer.ts';

const TRACE = 'ab'.repeat(16);

function update(seq: number, bytes: number): TraceEvent {
  const outputDelta = 'x'.repeat(bytes);
  return { type: 'update', spanId: '1'.repeat(16), seq, outputDelta };
}

function seqsOf(viewer: RawViewer): number[] {
  const frames = viewer.messages.filter((message) => message.type === 'events');
  return frames.flatMap(({ events }) =>
    events.map((bytes) => {
      const event = decodeEvent(bytes ?? new Uint8Array());
      return event.type === 'update' ? event.seq : -1;
    }),
  );
}

describe('a slow viewer', () => {
  it('[SUB10, PROM8] is not pushed to, costs others nothing, and goes on from its place', async () => {
    const gateway = await startObservedGateway({ pageCacheBytes: 1 });
    const slow = await RawViewer.connect(gateway.url);
    const quick = await RawViewer.connect(gateway.url);
    for (const viewer of [slow, quick]) {
      viewer.subscribe(TRACE);
      await viewer.next('live');
    }
    slow.socket.pause();
    const entries = 200;
    for (let seq = 0; seq < entries; seq++) {
      await gateway.append(TRACE, [update(seq, 500_000)]);
      // The quick one has each event before the next is written, whatever the slow one does.
      await quick.next('events');
    }
    // 100 MB were published; what waits for the slow one is its high-water mark and a frame, besides
    // what the kernel holds. The rest is read from the log when the viewer takes it.
    const read = gateway.observed.count('readProven');
    slow.socket.resume();
    await slow.events(entries);
    expect(seqsOf(slow)).toEqual(Array.from({ length: entries }, (_, seq) => seq));
    expect(gateway.observed.count('readProven')).toBeGreaterThan(read + entries / 2);
    const resets = slow.messages.filter(({ type }) => type === 'reset' || type === 'gap');
    expect(resets).toEqual([]);
    await Promise.all([slow.close(), quick.close()]);
  });

  it('[SUB11] is closed with 4408 when it takes nothing, lets go of all, and resumes', async () => {
    const gateway = await startObservedGateway({
      viewerLimits: { highWaterBytes: 262_144, stuckMs: 1_000 },
    });
    const stuck = await RawViewer.connect(gateway.url);
    stuck.subscribe(TRACE);
    await stuck.next('live');
    stuck.socket.pause();
    const entries = 60;
    for (let seq = 0; seq < entries; seq++) await gateway.append(TRACE, [update(seq, 500_000)]);
    await eventually(() => gateway.observed.openListeners === 0, 'the gateway lets go of it');
    expect(gateway.gateway.channels).toBe(0);
    // What had been sent is still to be had, and then why it ended.
    stuck.socket.resume();
    expect(await stuck.closed).toBe(4408);
    const had = seqsOf(stuck);
    expect(had.length).toBeLessThan(entries);
    const last = stuck.messages.findLast((message) => message.type === 'events');
    const again = await RawViewer.connect(gateway.url);
    again.subscribe(TRACE, { after: last?.cursor ?? '' });
    await again.events(entries - had.length);
    expect([...had, ...seqsOf(again)]).toEqual(Array.from({ length: entries }, (_, seq) => seq));
    await again.close();
  });
});

describe('many viewers', () => {
  it('[SUB12, PROM5] that catch up on one trace at once share their reads', async () => {
    const gateway = await startObservedGateway();
    const entries = 40;
    for (let seq = 0; seq < entries; seq++) await gateway.append(TRACE, [update(seq, 20_000)]);
    const viewers = await Promise.all(
      Array.from({ length: 200 }, () => RawViewer.connect(gateway.url)),
    );
    const { observed } = gateway;
    const before = observed.count('readProven');
    for (const viewer of viewers) viewer.subscribe(TRACE);
    for (const viewer of viewers) await viewer.next('live');
    for (const viewer of viewers) expect(seqsOf(viewer)).toHaveLength(entries);
    // 800 KB are four pages; that is what one viewer costs, too.
    expect(observed.count('readProven') - before).toBeLessThanOrEqual(8);
    expect(observed.count('listen')).toBe(1);
    await Promise.all(viewers.map((viewer) => viewer.close()));
    await eventually(() => observed.openListeners === 0, 'the channel is released');
  });

  it('[PROM8] that come and go leave nothing behind', async () => {
    const gateway = await startObservedGateway();
    const { observed } = gateway;
    const viewer = await RawViewer.connect(gateway.url);
    const ids = Array.from({ length: 20 }, (_, i) => (i + 1).toString(16).padStart(32, '0'));
    for (let round = 0; round < 50; round++)
      for (const streamId of ids) {
        viewer.subscribe(streamId);
        if (round % 2 === 0) viewer.subscribe(streamId);
        if (round % 3 !== 0) viewer.send({ type: 'unsubscribe', streamId });
      }
    for (const streamId of ids) viewer.send({ type: 'unsubscribe', streamId });
    viewer.send({ type: 'ping' });
    await viewer.next('heartbeat');
    expect(gateway.gateway.channels).toBe(0);
    await eventually(() => observed.openListeners === 0, 'no listener is left');
    // Cut in the middle of it, too.
    for (const streamId of ids) viewer.subscribe(streamId);
    viewer.socket.terminate();
    await viewer.closed;
    await eventually(() => gateway.gateway.viewers === 0, 'the viewer is gone');
    expect(gateway.gateway.channels).toBe(0);
    await eventually(() => observed.openListeners === 0, 'no listener is left');
  });

  it('[PROM8] have a limited number of subscriptions each', async () => {
    const gateway = await startObservedGateway();
    const viewer = await RawViewer.connect(gateway.url);
    for (let i = 1; i <= 1_001; i++) viewer.subscribe(i.toString(16).padStart(32, '0'));
    const error = await viewer.next('error');
    expect(error).toMatchObject({
      code: 'TOO_MANY_SUBSCRIPTIONS',
      streamId: (1_001).toString(16).padStart(32, '0'),
    });
    expect(gateway.gateway.channels).toBe(1_000);
    await viewer.close();
  });
});
