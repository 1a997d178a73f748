import { decodeRunSummary, toHex, type RunSummary, type TraceEvent } from '@spantail/protocol';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generateRun } from '../../support/generate-run.ts';
import { startTestGateway } from '../../support/gateway.ts';
import { RawViewer } from '../../support/raw-viewer.ts';

const SPAN = '1'.repeat(16);
const CHILD = '2'.repeat(16);

function open(spanId: string, name: string, rest: object = {}): TraceEvent {
  return { type: 'open', spanId, name, spanType: 'agent', startUs: 1_000, ...rest };
}

function close(spanId: string, status: 'ok' | 'error' = 'ok'): TraceEvent {
  return { type: 'close', spanId, endUs: 2_000, status };
}

async function nextRun(viewer: RawViewer): Promise<RunSummary | null> {
  for (;;) {
    const { streamId, events } = await viewer.next('events');
    if (streamId !== '@runs') continue;
    const [event] = events;
    expect(events).toHaveLength(1);
    return event === null || event === undefined ? null : decodeRunSummary(event);
  }
}

describe('the feed of runs', () => {
  it('[SUB15] has an item when a run starts, changes its name, and ends', async () => {
    const gateway = await startTestGateway({ tracker: { graceMs: 10 } });
    const { traceId } = generateRun(41);
    const viewer = await RawViewer.connect(gateway.url);
    const running = await RawViewer.connect(gateway.url);
    viewer.subscribe('@runs');
    running.send({ type: 'subscribe', streamId: '@runs', filter: { status: 'running' } });
    await viewer.next('live');
    await running.next('live');
    const attributes = { 'service.name': 'tests' };
    await gateway.append(traceId, [open(SPAN, 'unnamed', { attributes })]);
    const started = await nextRun(viewer);
    expect(started).toMatchObject({ traceId, name: 'unnamed', status: 'running', startUs: 1_000 });
    await gateway.append(traceId, [{ type: 'update', spanId: SPAN, seq: 0, name: 'answer' }]);
    const named = await nextRun(viewer);
    expect(named).toMatchObject({ traceId, name: 'answer', status: 'running' });
    expect(named?.revision).toBeGreaterThan(started?.revision ?? Infinity);
    // Growth alone is no news.
    await gateway.append(traceId, [{ type: 'update', spanId: SPAN, seq: 1, outputDelta: 'x' }]);
    await gateway.append(traceId, [close(SPAN, 'error')], { fin: true });
    expect(await nextRun(viewer)).toMatchObject({ traceId, status: 'error', endUs: 2_000 });

    expect(await nextRun(running)).toEqual(started);
    expect(await nextRun(running)).toEqual(named);
    expect(await nextRun(running)).toBeNull();
    await Promise.all([viewer.close(), running.close()]);
  });
});

describe('the end of a run', () => {
  it('[SUB16] is not the end of its root: a child that goes on keeps it open', async () => {
    const gateway = await startTestGateway({ tracker: { graceMs: 10, quietMs: 30 } });
    const { traceId } = generateRun(42);
    const viewer = await RawViewer.connect(gateway.url);
    viewer.subscribe(traceId);
    viewer.subscribe('@runs');
    const events = [open(SPAN, 'root'), open(CHILD, 'child', { parentSpanId: SPAN }), close(SPAN)];
    await gateway.append(traceId, events, { fin: true });
    // Another run begins, is done and ends; all the while the first one is open.
    const other = generateRun(43);
    viewer.subscribe(other.traceId);
    await gateway.append(other.traceId, other.events, { fin: true });
    expect(await viewer.next('end')).toMatchObject({ streamId: other.traceId });
    await gateway.append(traceId, [close(CHILD)], { fin: true });
    expect(await viewer.next('end')).toMatchObject({ streamId: traceId, reason: 'finished' });
    expect(viewer.messages.filter(({ type }) => type === 'end')).toHaveLength(2);
    await viewer.close();
  });

  it('[SUB16] comes when it is quiet, where a publisher did not say that it is done', async () => {
    const gateway = await startTestGateway({ tracker: { graceMs: 10, quietMs: 50 } });
    const { traceId, events } = generateRun(44);
    const viewer = await RawViewer.connect(gateway.url);
    viewer.subscribe(traceId);
    await gateway.append(traceId, events, { fin: false });
    expect(await viewer.next('end')).toMatchObject({ streamId: traceId, reason: 'quiet' });
    await viewer.close();
  });

  it('[SUB16] waits for every publisher, and events after it follow, with another end', async () => {
    const gateway = await startTestGateway({ tracker: { graceMs: 10, quietMs: 600_000 } });
    const { traceId } = generateRun(45);
    const other = generateRun(46);
    const viewer = await RawViewer.connect(gateway.url);
    viewer.subscribe(traceId);
    viewer.subscribe(other.traceId);
    await gateway.append(traceId, [open(SPAN, 'one')], { producer: 'a' });
    await gateway.append(traceId, [open(CHILD, 'two'), close(CHILD)], { producer: 'b' });
    await gateway.append(traceId, [close(SPAN)], { producer: 'a', fin: true });
    await gateway.append(other.traceId, other.events, { fin: true });
    expect(await viewer.next('end')).toMatchObject({ streamId: other.traceId });
    await gateway.append(traceId, [], { producer: 'b', fin: true });
    const end = await viewer.next('end');
    expect(end).toMatchObject({ streamId: traceId, reason: 'finished' });

    const late = [open('3'.repeat(16), 'late'), close('3'.repeat(16))];
    await gateway.append(traceId, late, { producer: 'b', fin: true });
    const frame = await viewer.next('events');
    expect(frame.events).toHaveLength(2);
    expect(frame.prev).toBe(end.cursor);
    expect((await viewer.next('end')).cursor).not.toBe(end.cursor);
    // Whoever comes later is told at once.
    const later = await RawViewer.connect(gateway.url);
    later.subscribe(traceId);
    expect(await later.next('end', 'live')).toMatchObject({ type: 'end', reason: 'finished' });
    await Promise.all([viewer.close(), later.close()]);
  });
});

describe('payloads inline', () => {
  it('[SUB14] sends the blobs that came with an entry ahead of its events', async () => {
    const gateway = await startTestGateway();
    const { traceId, events } = generateRun(47);
    const blobs = Array.from({ length: 9 }, (_, i) => {
      const bytes = new Uint8Array(200_000).fill(i);
      return {
        ref: new Uint8Array(createHash('sha256').update(bytes).digest().subarray(0, 16)),
        bytes,
      };
    });
    const append = (number: number, some: typeof blobs): Promise<unknown> =>
      gateway.log.append({
        project: 'default',
        streamId: traceId,
        producer: 'blobs',
        number,
        fin: false,
        events: [new Uint8Array([0x80])],
        blobs: some,
        refs: [],
      });
    await append(1, blobs.slice(0, 7));
    const viewer = await RawViewer.connect(gateway.url);
    viewer.subscribe(traceId, { payloads: 'inline' });
    await viewer.next('live');
    await append(2, blobs.slice(7));
    await viewer.next('events');
    const seen: string[] = [];
    const order = viewer.messages.flatMap((message) => {
      if (message.type === 'events') return [seen.length];
      if (message.type !== 'blobs') return [];
      for (const { ref, bytes } of message.blobs) {
        expect(bytes.byteLength).toBe(200_000);
        seen.push(toHex(ref));
      }
      return [];
    });
    expect(seen).toEqual(blobs.map(({ ref }) => toHex(ref)));
    expect(order).toEqual([7, 9]);
    await gateway.append(traceId, events);
    expect(await viewer.events(events.length)).toHaveLength(events.length);
    await viewer.close();
  });
});
