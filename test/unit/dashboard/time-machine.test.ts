import { createClient, treeToJson, type Client, type Cursor } from '@spantail/client';
import type { TraceEvent } from '@spantail/protocol';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { TimeMachineEngine } from '../../../dashboard/src/time-machine/engine.ts';
import type {
  MachineState,
  PendingSeek,
} from '../../../dashboard/src/time-machine/machine-state.ts';
import { eventually, startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { generateRun, seededRandom } from '../../support/generate-run.ts';

/** A frame as soon as everything else had its turn. */
function onNextFrame(callback: () => void): () => void {
  const timer = setImmediate(callback);
  return () => clearImmediate(timer);
}

interface Rig {
  gateway: TestGateway;
  client: Client;
  engine: TimeMachineEngine;
  events: TraceEvent[];
  traceId: string;
  append: (from: number, to: number, rest?: { fin?: boolean }) => Promise<void>;
}

/** A run in a real gateway, its entries of several sizes, and a time machine on it. */
async function makeRig(seed: number, spans: number): Promise<Rig> {
  const gateway = await startTestGateway({ tracker: {} });
  const client = createClient({ url: gateway.url });
  const { traceId, events } = generateRun(seed, { spans });
  const engine = new TimeMachineEngine(client, traceId, onNextFrame);
  onTestFinished(() => {
    engine.stop();
    client.close();
  });
  const random = seededRandom(seed);
  return {
    gateway,
    client,
    engine,
    events,
    traceId,
    append: async (from, to, rest = {}) => {
      for (let i = from; i < to;) {
        const next = Math.min(to, i + 1 + Math.floor(random() * 5));
        await gateway.append(traceId, events.slice(i, next), next === to ? rest : {});
        i = next;
      }
    },
  };
}

async function goTo(engine: TimeMachineEngine, wanted: PendingSeek): Promise<MachineState> {
  engine.seek(wanted);
  await eventually(() => !engine.isSeeking && isSettled(engine), 'the moment is shown');
  return engine.state;
}

function isSettled({ state, target }: TimeMachineEngine): boolean {
  return state.mode === 'past' && state.index === target;
}

async function cursorsOf(client: Client, traceId: string): Promise<Cursor[]> {
  const cursors: Cursor[] = [];
  for await (const item of client.replay(traceId, { speed: 'max', live: false }))
    if ('spanId' in item) cursors.push(item.cursor);
  return cursors;
}

describe('time machine', () => {
  it('shows what stateAt tells, at 100 random moments', async () => {
    const { client, engine, traceId, events, append } = await makeRig(7, 60);
    await append(0, events.length, { fin: true });
    const cursors = await cursorsOf(client, traceId);
    expect(cursors).toHaveLength(events.length);
    const random = seededRandom(11);
    for (let i = 0; i < 100; i++) {
      const cursor = cursors[Math.floor(random() * cursors.length)] ?? '';
      const state = await goTo(engine, { to: 'cursor', cursor });
      expect(state.cursor).toBe(cursor);
      const { tree } = state;
      if (tree === undefined) throw new Error('no tree is shown');
      expect(treeToJson(tree)).toEqual(treeToJson(await client.stateAt(traceId, cursor)));
    }
  });

  it('goes to the moment of a link, not to the end of what came of the run so far', async () => {
    const { client, traceId, events, append } = await makeRig(7, 60);
    await append(0, events.length, { fin: true });
    const cursors = await cursorsOf(client, traceId);
    const wanted = cursors.at(-20) ?? '';
    let goOn = (): void => {};
    const rest = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    async function* slowly(...asked: Parameters<Client['replay']>) {
      let count = 0;
      for await (const item of client.replay(...asked)) {
        if (count++ === 10) await rest;
        yield item;
      }
    }
    // Of a replay, the time machine reads the items only.
    const slow = { replay: slowly as unknown as Client['replay'] };
    const engine = new TimeMachineEngine(slow, traceId, onNextFrame);
    onTestFinished(() => engine.stop());
    // The page has the first events only, and the recording is beyond them.
    engine.follow(cursors[3], false);
    engine.seek({ to: 'cursor', cursor: wanted });
    await eventually(() => engine.log.count === 10, 'the first events are read');
    for (let frames = 0; frames < 5; frames++) await new Promise((done) => setImmediate(done));
    expect(engine.isSeeking).toBe(true);
    goOn();
    await eventually(() => isSettled(engine), 'the moment is shown');
    expect(engine.state.cursor).toBe(wanted);
  });

  it('shows nothing that lies on the way', async () => {
    const { engine, events, append } = await makeRig(7, 200);
    await append(0, events.length, { fin: true });
    const wanted = [300, 5, events.length, 240, 230, 2];
    const { index } = await goTo(engine, { to: 'index', index: 1 });
    const seen = [index];
    engine.subscribe(() => {
      if (engine.state.mode === 'past' && seen.at(-1) !== engine.state.index)
        seen.push(engine.state.index);
    });
    // A clock so quick that each frame is over after the first few events.
    let nowMs = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 1_000));
    onTestFinished(() => clock.mockRestore());
    for (const next of wanted) await goTo(engine, { to: 'index', index: next });
    expect(seen).toEqual([1, ...wanted]);
  });

  it('shows what stateAt tells for a time', async () => {
    const { client, engine, traceId, events, append } = await makeRig(3, 30);
    await append(0, events.length, { fin: true });
    const { startMs, endMs } = await goTo(engine, { to: 'before-last', events: 0 });
    for (const timeMs of [startMs, Math.floor((startMs + endMs) / 2), endMs, endMs + 60_000]) {
      const { tree } = await goTo(engine, { to: 'time', timeMs });
      if (tree === undefined) throw new Error('no tree is shown');
      expect(treeToJson(tree)).toEqual(treeToJson(await client.stateAt(traceId, timeMs)));
    }
  });

  it('steps event by event, and stays inside the run', async () => {
    const { engine, events, append } = await makeRig(5, 12);
    await append(0, events.length, { fin: true });
    await goTo(engine, { to: 'first' });
    engine.step(-1);
    await eventually(() => isSettled(engine), 'it is settled');
    expect(engine.state.index).toBe(1);
    for (let index = 2; index <= events.length; index++) {
      engine.step(1);
      await eventually(() => engine.state.index === index, `event ${index} is shown`);
    }
    engine.step(1);
    await eventually(() => isSettled(engine), 'it is settled');
    expect(engine.state.index).toBe(events.length);
    engine.step(-1);
    await eventually(() => engine.state.index === events.length - 1, 'it is one event back');
  });

  it('records on while the run is live, and keeps the moment where it is', async () => {
    const { engine, events, append } = await makeRig(9, 40);
    const half = Math.floor(events.length / 2);
    await append(0, half);
    const { index } = await goTo(engine, { to: 'first' });
    await append(half, events.length);
    await eventually(() => engine.state.count === events.length, 'all is recorded');
    expect(engine.state.index).toBe(index);
    expect(engine.state.mode).toBe('past');
    engine.live();
    await eventually(() => engine.state.mode === 'live', 'the present is shown');
    expect(engine.state.momentMs).toBeUndefined();
  });

  it('plays from the beginning to the end', async () => {
    const { engine, events, append } = await makeRig(13, 20);
    await append(0, events.length, { fin: true });
    engine.setSpeed(50);
    const seen: number[] = [];
    engine.subscribe(() => {
      if (engine.state.mode === 'past') seen.push(engine.state.index);
    });
    engine.play();
    await eventually(
      () => !engine.state.playing && engine.state.index === events.length && seen.length > 0,
      'it was played',
    );
    expect(seen.toSorted((a, b) => a - b)).toEqual(seen);
    expect(seen[0]).toBeLessThan(events.length);
  });

  it('reads on when a run goes on behind its end', async () => {
    const { gateway, client, engine, events, traceId, append } = await makeRig(17, 10);
    await append(0, events.length, { fin: true });
    await goTo(engine, { to: 'before-last', events: 0 });
    await eventually(() => engine.state.recorder === 'complete', 'the end was told');
    const spanId = 'ab'.repeat(8);
    const late: TraceEvent = { type: 'open', spanId, name: 'late', spanType: 'step', startUs: 1 };
    await gateway.append(traceId, [late]);
    const cursor = (await cursorsOf(client, traceId)).at(-1);
    engine.follow(cursor, true);
    await eventually(() => engine.state.count === events.length + 1, 'the late event is recorded');
    expect((await goTo(engine, { to: 'before-last', events: 0 })).tree?.get(spanId)?.name).toBe(
      'late',
    );
  });
});
