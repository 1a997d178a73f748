import { describe, expect, it } from 'vitest';
import type { RecordedAction, RecordedRun } from '../../../server/src/play/index.ts';
import { play } from '../../../server/src/play/index.ts';
import { EventLedger, eventProblems } from '../../support/play/event-ledger.ts';
import { fixture } from '../../support/play/fixture.ts';

const NOW_MS = 1_800_000_000_000;

/** A root for 10 s with a child from 2 s to 8 s that grows at 5 s, recorded in 2001. */
function smallRun(): RecordedRun {
  const at = (second: number): number => 1_000_000_000_000_000 + second * 1_000_000;
  const span = (key: string, from: number, to: number, parentKey?: string): RecordedAction[] => [
    {
      type: 'open',
      key,
      atUs: at(from),
      startUs: at(from),
      name: key,
      spanType: 'step',
      ...(parentKey === undefined ? {} : { parentKey }),
    },
    { type: 'close', key, atUs: at(to), endUs: at(to), status: 'ok' },
  ];
  const [rootOpen, rootClose] = span('root', 0, 10);
  const [childOpen, childClose] = span('child', 2, 8, 'root');
  const grow: RecordedAction = { type: 'update', key: 'child', atUs: at(5), outputDelta: 'half' };
  const all = [rootOpen, childOpen, grow, childClose, rootClose];
  return { name: 'small', service: 'test', actions: all.filter((action) => action !== undefined) };
}

describe('play', () => {
  it('[PROM1] at full speed keeps durations, ends now, and takes no time of its own', async () => {
    const ledger = new EventLedger();
    const result = await play(smallRun(), ledger, { speed: 'max', now: () => NOW_MS });
    expect(result).toMatchObject({ events: 5, spans: 2, interrupted: false });
    const times = ledger
      .of(result.traceId)
      .map((event) =>
        event.type === 'open' ? event.startUs : event.type === 'close' ? event.endUs : undefined,
      );
    const end = NOW_MS * 1_000;
    expect(times).toEqual([end - 10_000_000, end - 8_000_000, undefined, end - 2_000_000, end]);
    expect(ledger.flushes).toBe(1);
  });

  it('leaves open what the recording has left open', async () => {
    const ledger = new EventLedger();
    const { actions, ...run } = smallRun();
    const open = actions.filter(({ type, key }) => type !== 'close' || key !== 'child');
    const result = await play({ ...run, actions: open }, ledger, { speed: 'max' });
    expect(result.interrupted).toBe(false);
    expect(ledger.of(result.traceId).map(({ type }) => type)).toEqual([
      'open',
      'open',
      'update',
      'close',
    ]);
    expect(ledger.stillOpen()).toHaveLength(1);
  });

  it('at a speed waits on the wall clock for each event and scales the times', async () => {
    const ledger = new EventLedger();
    const published: number[] = [];
    const run = smallRun();
    const startMs = Date.now();
    const result = await play(
      run,
      {
        publish: (traceId, event) => {
          published.push(Date.now());
          ledger.publish(traceId, event);
        },
        payload: (traceId, value) => ledger.payload(traceId, value),
        flush: async () => {},
      },
      { speed: 100 },
    );
    const [first] = ledger.of(result.traceId);
    const zeroUs = first?.type === 'open' ? first.startUs : 0;
    expect(zeroUs).toBeGreaterThanOrEqual(startMs * 1_000);
    const dueMs = [0, 20, 50, 80, 100].map((ms) => zeroUs / 1_000 + ms);
    published.forEach((ms, index) => expect(ms).toBeGreaterThanOrEqual(dueMs[index] ?? Infinity));
    expect(ledger.of(result.traceId).at(-1)).toMatchObject({ endUs: zeroUs + 100_000 });
  });

  it('each play is a new trace with ids that follow from the source and the trace', async () => {
    const ledger = new EventLedger();
    const first = await play(smallRun(), ledger, { speed: 'max' });
    const second = await play(smallRun(), ledger, { speed: 'max' });
    const again = await play(smallRun(), ledger, { speed: 'max', traceId: first.traceId });
    expect(second.traceId).not.toBe(first.traceId);
    expect(again.traceId).toBe(first.traceId);
    const ids = ledger.of(first.traceId).map(({ spanId }) => spanId);
    expect(ids.slice(0, 5)).toEqual(ids.slice(5));
    expect(ledger.of(second.traceId)[0]?.spanId).not.toBe(ids[0]);
  });

  it('OpenTelemetry spans keep their ids, and the root names the service', async () => {
    const ledger = new EventLedger();
    const run = await fixture('monocle/langgraph-multi-agent.json.gz');
    const { traceId } = await play(run, ledger, { speed: 'max' });
    expect(traceId).not.toBe(run.sourceTraceId);
    expect(ledger.of(traceId)[0]).toMatchObject({
      type: 'open',
      spanId: '7e293cbfd69f4451',
      name: 'workflow',
      attributes: { 'service.name': 'langchain_agent_1' },
    });
  });

  it.each(['claude-code/sub-agent.jsonl.gz', 'mini-swe-agent/psf__requests-1766.traj.json.gz'])(
    '%s is published with every span opened, grown without holes and closed',
    async (path) => {
      const ledger = new EventLedger();
      const { traceId, events } = await play(await fixture(path), ledger, { speed: 'max' });
      expect(eventProblems(ledger.of(traceId))).toEqual([]);
      expect(ledger.of(traceId)).toHaveLength(events);
    },
  );

  it('an interruption closes every open span as failed, children first, and flushes', async () => {
    const ledger = new EventLedger();
    const stop = new AbortController();
    const playing = play(smallRun(), ledger, { speed: 1, signal: stop.signal });
    await ledger.until((event) => event.type === 'open');
    stop.abort();
    const { traceId, interrupted } = await playing;
    expect(interrupted).toBe(true);
    expect(ledger.stillOpen()).toEqual([]);
    expect(ledger.of(traceId).at(-1)).toMatchObject({
      type: 'close',
      status: 'error',
      error: { type: 'interrupted', message: 'playing was interrupted before this span ended' },
    });
    expect(ledger.flushes).toBe(1);
  });

  it('an interruption amid a large run leaves nothing open', async () => {
    const ledger = new EventLedger();
    const stop = new AbortController();
    const run = await fixture('claude-code/sub-agent.jsonl.gz');
    const playing = play(run, ledger, { speed: 'max', signal: stop.signal });
    await ledger.until((event) => event.type === 'update');
    stop.abort();
    const { traceId } = await playing;
    expect(ledger.of(traceId).length).toBeLessThan(run.actions.length);
    expect(eventProblems(ledger.of(traceId))).toEqual([]);
  });

  it('a sink without room is waited for, and an interruption ends that wait', async () => {
    const ledger = new EventLedger();
    const stop = new AbortController();
    let asked: () => void = () => {};
    const waiting = new Promise<void>((resolve) => (asked = resolve));
    const room = new Promise<void>(() => {});
    const playing = play(
      smallRun(),
      {
        publish: (traceId, event) => ledger.publish(traceId, event),
        payload: (traceId, value) => ledger.payload(traceId, value),
        flush: async () => {},
        ready: () => {
          asked();
          return room;
        },
      },
      { speed: 'max', signal: stop.signal },
    );
    await waiting;
    expect(ledger.events).toEqual([]);
    stop.abort();
    expect(await playing).toMatchObject({ interrupted: true, events: 0 });
  });

  it('a failure while playing closes what is open and is passed on', async () => {
    const ledger = new EventLedger();
    const failure = new Error('no room will ever come');
    let asked = 0;
    const playing = play(
      smallRun(),
      {
        publish: (traceId, event) => ledger.publish(traceId, event),
        payload: (traceId, value) => ledger.payload(traceId, value),
        flush: async () => {},
        ready: async () => {
          if (++asked === 3) throw failure;
        },
      },
      { speed: 'max' },
    );
    await expect(playing).rejects.toBe(failure);
    expect(ledger.stillOpen()).toEqual([]);
  });

  it('a long delta is split between characters, a long name and error are cut', async () => {
    const ledger = new EventLedger();
    const long = '😀'.repeat(50_000);
    const { traceId } = await play(
      {
        name: 'long',
        service: 'test',
        actions: [
          { type: 'open', key: 'a', atUs: 1, startUs: 1, name: long, spanType: 'tool' },
          { type: 'update', key: 'a', atUs: 2, outputDelta: `x${long}` },
          {
            type: 'close',
            key: 'a',
            atUs: 3,
            endUs: 3,
            status: 'error',
            error: { type: 'e', message: long },
          },
        ],
      },
      ledger,
      { speed: 'max' },
    );
    const events = ledger.of(traceId);
    const deltas = events.flatMap((event) =>
      event.type === 'update' ? [event.outputDelta ?? ''] : [],
    );
    expect(deltas.join('')).toBe(`x${long}`);
    expect(deltas.length).toBeGreaterThan(1);
    for (const delta of deltas) expect(Buffer.from(delta).toString()).toBe(delta);
    expect(events[0]).toMatchObject({ name: expect.stringMatching(/^.{500,1024}…$/u) });
    expect(eventProblems(events)).toEqual([]);
  });
});
