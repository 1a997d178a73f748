import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { RunTree, treeToJson, type TraceEvent } from '@spantail/protocol';
import { openArchive, type EventLog } from 'spantail';
import { describe, expect, it, onTestFinished } from 'vitest';
import { collect, eventOf, isEvent } from '../../support/client/collect.ts';
import { connect } from '../../support/client/connect.ts';
import { eventually, startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { generateRun, seededRandom } from '../../support/generate-run.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));
/** The long form: MOMENTS=1000. */
const MOMENTS = Number(process.env['MOMENTS'] ?? 40);

/** A gateway whose log keeps next to nothing of what is archived. */
async function startForgetful(): Promise<TestGateway> {
  const archive = await openArchive(join(temporaryDirectory(), 'archive.sqlite'));
  const gateway = await startTestGateway({
    archive,
    tracker: { visitMs: 5, graceMs: 50, hotEntries: 8, hotAfterEndMs: 1 },
  });
  onTestFinished(() => archive.close());
  return gateway;
}

function hashOf(tree: RunTree): string {
  return createHash('sha256')
    .update(JSON.stringify(treeToJson(tree)))
    .digest('hex');
}

async function gone(log: EventLog, streamId: string): Promise<void> {
  await eventually(
    async () => (await log.tail({ project: 'default', streamId })) === undefined,
    'the log has let the run go',
  );
}

/** Entries of a few events, with a turn in between so that the indexer gets along. */
async function publish(
  gateway: TestGateway,
  traceId: string,
  events: readonly TraceEvent[],
  random: () => number,
  meanwhile: () => void = () => {},
): Promise<void> {
  for (let at = 0; at < events.length;) {
    const part = events.slice(at, at + 1 + Math.floor(random() * 3));
    at += part.length;
    await gateway.append(traceId, part, { fin: at >= events.length });
    meanwhile();
    for (let turns = Math.floor(random() * 40); turns > 0; turns--)
      await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a run that is watched while the log lets go of it', () => {
  it(`[REC1, PROM3, PROM5] comes once and in order to viewers who join at any time (SEED=${SEED})`, async () => {
    const random = seededRandom(SEED);
    const gateway = await startForgetful();
    const { traceId, events } = generateRun(SEED, { spans: 120 });
    const viewers: Promise<TraceEvent[]>[] = [];
    const join = (): void => {
      const items = collect(connect(gateway), traceId);
      viewers.push(items.then((all) => all.map(eventOf)));
    };
    join();
    await publish(gateway, traceId, events, random, () => {
      if (random() < 0.1) join();
    });
    for (const viewer of viewers) expect(await viewer).toEqual(events);
    expect(viewers.length).toBeGreaterThan(3);
    await gone(gateway.log, traceId);
    join();
    expect(await viewers.at(-1)).toEqual(events);
  });

  it(`[REC7] is at any moment what a live viewer saw, with the same cursors (SEED=${SEED})`, async () => {
    const random = seededRandom(SEED + 1);
    const gateway = await startForgetful();
    const { traceId, events } = generateRun(SEED + 1, { spans: 80 });
    const client = connect(gateway);
    const moments: { cursor: string; hash: string }[] = [];
    const live = (async () => {
      const tree = new RunTree(traceId);
      for await (const item of client.events(traceId)) {
        if (!isEvent(item)) throw new Error(`a live viewer was told ${item.type}`);
        tree.apply(eventOf(item));
        moments.push({ cursor: item.cursor, hash: hashOf(tree) });
      }
    })();
    const check = async (): Promise<void> => {
      const moment = moments[Math.floor(random() * moments.length)];
      if (moment === undefined) return;
      const tree = await client.stateAt(traceId, moment.cursor);
      expect(hashOf(tree as unknown as RunTree)).toBe(moment.hash);
    };
    const half = Math.floor(events.length / 2);
    await publish(gateway, traceId, events.slice(0, half), random);
    for (let i = 0; i < MOMENTS / 2; i++) await check();
    await publish(gateway, traceId, events.slice(half), random);
    await live;
    await gone(gateway.log, traceId);
    for (let i = 0; i < MOMENTS / 2; i++) await check();
    expect(moments).toHaveLength(events.length);

    const again = await collect(client, traceId);
    const cursors = again.map((item) => (isEvent(item) ? item.cursor : item.type));
    expect(cursors).toEqual(moments.map(({ cursor }) => cursor));
  });

  it('[REC6] is told anew when it goes on after it was let go', async () => {
    const gateway = await startForgetful();
    const { traceId, events } = generateRun(77, { spans: 10 });
    await gateway.append(traceId, events, { fin: true });
    await gone(gateway.log, traceId);
    const before = await collect(connect(gateway), traceId);
    const last = before.at(-1);
    const after = last !== undefined && isEvent(last) ? last.cursor : '';
    const late: TraceEvent[] = [
      { type: 'open', spanId: 'f'.repeat(16), name: 'late', spanType: 'step', startUs: 1 },
      { type: 'close', spanId: 'f'.repeat(16), endUs: 2, status: 'ok' },
    ];
    await gateway.append(traceId, late, { fin: false });
    const resumed = await collect(connect(gateway), traceId, 1 + events.length + 2, { after });
    expect(resumed[0]).toMatchObject({ type: 'reset', reason: 'recreated' });
    expect(resumed.slice(1).map(eventOf)).toEqual([...events, ...late]);
  });
});
