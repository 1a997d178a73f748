import {
  decodeEvent,
  formatCursor,
  parseCursor,
  type Cursor,
  type TraceEvent,
} from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { generateRun } from '../../support/generate-run.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { RawViewer } from '../../support/raw-viewer.ts';

async function publish(
  gateway: TestGateway,
  seed: number,
  entryEvents = 3,
): Promise<{ traceId: string; events: TraceEvent[] }> {
  const run = generateRun(seed);
  for (let i = 0; i < run.events.length; i += entryEvents)
    await gateway.append(run.traceId, run.events.slice(i, i + entryEvents));
  return run;
}

describe('subscribing', () => {
  it('[WS1, SUB2, SUB4] starts at the beginning, chains frames, then says live', async () => {
    const gateway = await startTestGateway();
    const { traceId, events } = await publish(gateway, 1);
    const viewer = await RawViewer.connect(gateway.url);
    viewer.subscribe(traceId);
    expect((await viewer.next('hello')).heartbeatMs).toBeGreaterThan(0);
    const { cursor: start } = await viewer.next('subscribed');
    expect(start).toBeDefined();
    let position = start;
    const got: TraceEvent[] = [];
    while (got.length < events.length) {
      const frame = await viewer.next('events');
      expect(frame.prev).toBe(position);
      position = frame.cursor;
      for (const event of frame.events) if (event !== null) got.push(decodeEvent(event));
    }
    expect(got).toEqual(events);
    expect((await viewer.next('live')).cursor).toBe(position);
    await gateway.append(traceId, [{ type: 'update', spanId: '1'.repeat(16), seq: 0 }]);
    expect((await viewer.next('events')).prev).toBe(position);
    await viewer.close();
  });

  it('[SUB1, PROM5] waits for a trace that does not exist yet', async () => {
    const gateway = await startTestGateway();
    const viewer = await RawViewer.connect(gateway.url);
    const { traceId, events } = generateRun(2);
    viewer.subscribe(traceId);
    expect((await viewer.next('subscribed')).cursor).toBeUndefined();
    expect((await viewer.next('live')).cursor).toBeUndefined();
    await gateway.append(traceId, events);
    expect((await viewer.events(events.length)).map((one) => decodeEvent(one))).toEqual(events);
  });

  it('[SUB3, CU2] resumes behind every event of every frame', async () => {
    const gateway = await startTestGateway();
    const { traceId, events } = await publish(gateway, 3, 4);
    const whole = await RawViewer.connect(gateway.url);
    whole.subscribe(traceId);
    const frame = await whole.next('events');
    expect(frame.events).toHaveLength(events.length);
    for (let taken = 1; taken <= events.length; taken++) {
      const after = taken === events.length ? frame.cursor : `${frame.prev}~${taken}`;
      const viewer = await RawViewer.connect(gateway.url);
      viewer.subscribe(traceId, { after });
      expect((await viewer.next('subscribed')).cursor).toBe(after);
      const rest = events.length - taken;
      if (rest > 0) {
        const first = await viewer.next('events');
        expect(first.prev).toBe(after);
        expect(first.cursor).toBe(frame.cursor);
        expect(first.events.map((one) => decodeEvent(one ?? new Uint8Array()))).toEqual(
          events.slice(taken),
        );
      }
      await viewer.next('live');
      await viewer.close();
    }
  });

  it('[SUB5, SUB6, CU1, CU3] answers foreign, malformed, future and lost cursors as documented', async () => {
    const gateway = await startTestGateway();
    const { traceId, events } = await publish(gateway, 4);
    const other = await publish(gateway, 5);
    const viewer = await RawViewer.connect(gateway.url);
    const cursorOf = async (id: string): Promise<Cursor> => {
      viewer.subscribe(id);
      return (await viewer.next('events')).cursor;
    };
    const own = await cursorOf(traceId);
    const foreign = await cursorOf(other.traceId);
    const parts = parseCursor(own);
    if (parts === undefined) throw new Error('the gateway sent no cursor');
    const [ms] = parts.position.split('-');

    viewer.subscribe(traceId, { after: foreign });
    expect(await viewer.next('error')).toMatchObject({
      code: 'CURSOR_OTHER_TRACE',
      streamId: traceId,
    });
    for (const text of ['', 'x', `${own}~0`, own.slice(0, -1), `${own}~99999999999`]) {
      viewer.subscribe(traceId, { after: text });
      expect(await viewer.next('error')).toMatchObject({ code: 'CURSOR_INVALID' });
    }
    const expectReset = async (after: Cursor, reason: string): Promise<void> => {
      viewer.subscribe(traceId, { after });
      expect((await viewer.next('reset')).reason).toBe(reason);
      expect((await viewer.events(events.length)).map((one) => decodeEvent(one))).toEqual(events);
    };
    await expectReset(formatCursor({ ...parts, epoch: 'zzzz' }), 'recreated');
    await expectReset(formatCursor({ ...parts, position: `${Number(ms) + 60_000}-0` }), 'future');
    await expectReset(`${own}~7`, 'future');
    await expectReset(formatCursor({ ...parts, check: '12345678' }), 'lost');
    await expectReset(formatCursor({ ...parts, position: `${ms}-77777` }), 'future');
  });

  it('[SUB18] replaces a subscription by a second one to the same stream', async () => {
    const gateway = await startTestGateway();
    const { traceId, events } = await publish(gateway, 6);
    const viewer = await RawViewer.connect(gateway.url);
    viewer.subscribe(traceId);
    await viewer.events(events.length);
    await viewer.next('live');
    viewer.subscribe(traceId);
    expect(await viewer.events(events.length)).toHaveLength(events.length);
    await viewer.next('live');
    await gateway.append(traceId, [{ type: 'update', spanId: '1'.repeat(16), seq: 0 }]);
    viewer.send({ type: 'unsubscribe', streamId: traceId });
    await viewer.next('unsubscribed');
    const later = viewer.messages.filter((message) => message.type === 'events').length;
    await gateway.append(traceId, [{ type: 'update', spanId: '1'.repeat(16), seq: 1 }]);
    viewer.send({ type: 'ping' });
    await viewer.next('heartbeat');
    expect(viewer.messages.filter((message) => message.type === 'events')).toHaveLength(later);
  });

  it('[SUB16, SUB15] ends a run when nothing is open and the publisher said so, and re-opens it', async () => {
    const gateway = await startTestGateway({ tracker: { graceMs: 10 } });
    const { traceId, events } = generateRun(7);
    const viewer = await RawViewer.connect(gateway.url);
    viewer.subscribe(traceId);
    viewer.subscribe('@runs');
    await gateway.append(traceId, events, { fin: true });
    expect(await viewer.next('end')).toMatchObject({ streamId: traceId, reason: 'finished' });
    await gateway.append(traceId, [
      { type: 'open', spanId: '2'.repeat(16), name: 'late', spanType: 'step', startUs: 1 },
    ]);
    for (;;) {
      const frame = await viewer.next('events');
      if (frame.streamId === traceId) break;
    }
  });
});
