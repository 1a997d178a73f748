import { RunTree, treeToJson, type TraceEvent } from '@spantail/client';
import { parseCursor } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { generateRun } from '../../support/generate-run.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { collect } from '../../support/client/collect.ts';
import { connect } from '../../support/client/connect.ts';

const ending = { tracker: { graceMs: 5 } };
const entryMs = (cursor: string): number =>
  Number.parseInt(parseCursor(cursor)?.position ?? '', 10);

interface Lived {
  gateway: TestGateway;
  traceId: string;
  /** What a viewer was given live, with the tree it had behind each event. */
  steps: { event: TraceEvent; cursor: string; tree: unknown }[];
}

/** A run that was watched while it was published, in entries of one to four events. */
async function live(seed: number): Promise<Lived> {
  const gateway = await startTestGateway(ending);
  const { traceId, events } = generateRun(seed);
  const tree = new RunTree(traceId);
  const steps: Lived['steps'] = [];
  const watching = (async () => {
    for await (const item of connect(gateway).events(traceId)) {
      if (item.type !== 'open' && item.type !== 'update' && item.type !== 'close')
        throw new Error(item.type);
      const { cursor, ...event } = item;
      tree.apply(event);
      steps.push({ event, cursor, tree: treeToJson(tree) });
    }
  })();
  for (let i = 0, size = 1; i < events.length; i += size, size = 1 + (size % 4)) {
    const part = events.slice(i, i + size);
    await gateway.append(traceId, part, { fin: i + size >= events.length });
    // The log's clock has to move on for moments to differ.
    const beforeMs = Date.now();
    await eventually(() => Date.now() > beforeMs, 'a millisecond has passed');
  }
  await watching;
  return { gateway, traceId, steps };
}

describe('replay', () => {
  it('[RP1] gives the same events with the same cursors as were seen live', async () => {
    const { gateway, traceId, steps } = await live(31);
    const seen: { event: TraceEvent; cursor: string }[] = [];
    let lastMs = 0;
    for await (const item of connect(gateway).replay(traceId, { speed: 'max' })) {
      if (!('timeMs' in item)) throw new Error(item.type);
      const { cursor, timeMs, ...event } = item;
      seen.push({ event, cursor });
      expect(timeMs).toBeGreaterThanOrEqual(lastMs);
      if (!cursor.includes('~')) expect(timeMs).toBe(entryMs(cursor));
      lastMs = timeMs;
    }
    expect(seen).toEqual(steps.map(({ event, cursor }) => ({ event, cursor })));
  });

  it('[RP2] brings what lies before `from` at once, and plays the rest', async () => {
    const { gateway, traceId, steps } = await live(32);
    const from = steps[Math.floor(steps.length / 2)]?.cursor ?? '';
    for (const moment of [from, entryMs(from), new Date(entryMs(from))]) {
      const replay = connect(gateway).replay(traceId, { speed: 1_000, from: moment });
      let count = 0;
      for await (const _ of replay) count++;
      expect(count).toBe(steps.length);
      expect(replay.timeMs).toBeGreaterThanOrEqual(entryMs(from));
    }
  });

  it('[RP3] is paused and resumed, and left in the middle of a wait', async () => {
    const { gateway, traceId, steps } = await live(33);
    const replay = connect(gateway).replay(traceId, { speed: 'max' });
    replay.pause();
    const items = replay[Symbol.asyncIterator]();
    const first = items.next();
    replay.resume();
    expect((await first).value).toMatchObject({ type: 'open' });
    replay.pause();
    const second = items.next();
    // Leaving does not wait for the end of a pause.
    await items.return();
    expect((await second).done).toBe(true);
    expect(steps.length).toBeGreaterThan(2);
  });

  it('[RP1] of a run that is still live goes on live', async () => {
    const gateway = await startTestGateway(ending);
    const { traceId, events } = generateRun(34);
    await gateway.append(traceId, events.slice(0, 5));
    const items = connect(gateway).replay(traceId, { speed: 'max' })[Symbol.asyncIterator]();
    for (let i = 0; i < 5; i++) await items.next();
    const next = items.next();
    await gateway.append(traceId, events.slice(5), { fin: true });
    expect((await next).value).toMatchObject({ spanId: events[5]?.spanId });
    let count = 6;
    while ((await items.next()).done !== true) count++;
    expect(count).toBe(events.length);
  });

  it('[RP5] says at once what is wrong with a moment', async () => {
    const gateway = await startTestGateway(ending);
    const { traceId } = generateRun(35);
    const client = connect(gateway);
    expect(() => client.replay(traceId, { from: 'yesterday' })).toThrow(
      /neither a cursor nor a time/,
    );
    await expect(client.stateAt(traceId, Number.NaN)).rejects.toMatchObject({
      code: 'CURSOR_INVALID',
    });
  });
});

describe('the state at a moment', () => {
  it('[RP4] is the tree a live viewer had, behind every event and at every time', async () => {
    const { gateway, traceId, steps } = await live(36);
    const client = connect(gateway);
    for (const { cursor, tree } of steps)
      expect(treeToJson(await client.stateAt(traceId, cursor))).toEqual(tree);
    const times = new Set(steps.map(({ cursor }) => entryMs(cursor)));
    for (const timeMs of times) {
      const last = steps.findLast(
        (step) => !step.cursor.includes('~') && entryMs(step.cursor) <= timeMs,
      );
      if (last === undefined) continue;
      expect(treeToJson(await client.stateAt(traceId, timeMs))).toEqual(last.tree);
      expect(treeToJson(await client.stateAt(traceId, new Date(timeMs).toISOString()))).toEqual(
        last.tree,
      );
    }
    expect((await client.stateAt(traceId, 0)).spanCount).toBe(0);
    expect(treeToJson(await client.stateAt(traceId, Date.now() + 1e9))).toEqual(steps.at(-1)?.tree);
  });

  it('[RP4] is there while the run is live, with open spans and partial output', async () => {
    const gateway = await startTestGateway(ending);
    const { traceId, events } = generateRun(37);
    await gateway.append(traceId, events.slice(0, 6));
    const client = connect(gateway);
    const tree = await client.stateAt(traceId, Date.now() + 1_000);
    expect(tree.openCount).toBeGreaterThan(0);
    const expected = new RunTree(traceId);
    for (const event of events.slice(0, 6)) expected.apply(event);
    expect(treeToJson(tree)).toEqual(treeToJson(expected));
  });

  it('[RP5] refuses a cursor of another trace, and one of a history that is gone', async () => {
    const { gateway, traceId, steps } = await live(38);
    const client = connect(gateway);
    const cursor = steps[0]?.cursor ?? '';
    await expect(client.stateAt('e'.repeat(32), cursor)).rejects.toMatchObject({
      code: 'CURSOR_OTHER_TRACE',
    });
    const [tag, , ...rest] = cursor.split('.');
    await expect(client.stateAt(traceId, [tag, 'old', ...rest].join('.'))).rejects.toMatchObject({
      code: 'CURSOR_INVALID',
    });
    expect(await collect(client, traceId)).toHaveLength(steps.length);
  });
});
