import { join } from 'node:path';
import { encodeEvent, toHex } from '@spantail/protocol';
import {
  ArchivedLog,
  Indexer,
  openArchive,
  openLog as openAnyLog,
  type Archive,
  type EventLog,
} from 'spantail';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqliteLog } from '../../server/src/log/sqlite/sqlite-log.ts';
import { blobOf } from '../contract/event-log/harness.ts';
import { eventually } from '../support/eventually.ts';
import { failingArchive, type ArchiveFate } from '../support/failing-archive.ts';
import { startTestGateway } from '../support/gateway.ts';
import { generateRun, seededRandom, type GeneratedRun } from '../support/generate-run.ts';
import { MemoryArchive } from '../support/memory-archive.ts';
import { expectRecorded } from '../support/record-problems.ts';
import { startRedis } from '../support/redis-server.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));
/** The long form: RUNS=200. */
const RUNS = Number(process.env['RUNS'] ?? 12);
const QUICK = { visitMs: 5, graceMs: 20, quietMs: 200, stealAfterMs: 300 };

async function openLog(): Promise<EventLog> {
  const log = await openSqliteLog({ file: ':memory:' });
  onTestFinished(() => log.close());
  return log;
}

async function openRedis(): Promise<EventLog> {
  const redis = await startRedis();
  const log = await openAnyLog(redis.url, undefined, 600_000);
  onTestFinished(async () => {
    await log.close();
    await redis.stop();
  });
  return log;
}

async function openFile(): Promise<Archive> {
  const archive = await openArchive(join(temporaryDirectory(), 'archive.sqlite'));
  onTestFinished(() => archive.close());
  return archive;
}

/** Some events of some runs side by side, each run in its own order, an entry each. */
async function append(log: EventLog, runs: GeneratedRun[], random: () => number): Promise<void> {
  const left = runs.map(({ traceId, events }) => ({ traceId, events: [...events], number: 0 }));
  while (left.length > 0) {
    const at = Math.floor(random() * left.length);
    const run = left[at];
    if (run === undefined) return;
    const events = run.events.splice(0, 1 + Math.floor(random() * 4));
    const fin = run.events.length === 0;
    if (fin) left.splice(at, 1);
    await log.append({
      project: 'default',
      streamId: run.traceId,
      producer: 'p',
      number: ++run.number,
      fin,
      events: events.map(encodeEvent),
      blobs: [],
      refs: [],
    });
    if (random() < 0.3) await new Promise((resolve) => setImmediate(resolve));
  }
}

async function allOver(archive: Archive, runs: GeneratedRun[]): Promise<void> {
  for (const { traceId } of runs)
    await eventually(
      async () => {
        const row = await archive.run({ project: 'default', streamId: traceId });
        return row !== undefined && row.status !== 'running';
      },
      `${traceId} is over in the record`,
      30_000,
    );
}

describe('the indexer', () => {
  it.each([
    ['embedded', openLog],
    ['redis', openRedis],
  ])(
    `[REC3] records everything once while the archive fails at random and others work beside it (%s, SEED=${SEED})`,
    async (_, open) => {
      const random = seededRandom(SEED);
      const log = await open();
      const archive = await openFile();
      let failures = 0;
      let fragile = true;
      const fate = (method: string): ArchiveFate => {
        const dice = random();
        if (!fragile || dice > (method === 'commit' ? 0.4 : 0.1)) return 'works';
        failures++;
        return dice < 0.05 ? 'lost' : 'fails';
      };
      const errors: unknown[] = [];
      const indexers = Array.from({ length: 3 }, () => {
        const broken = failingArchive(archive, fate);
        const options = { ...QUICK, hotEntries: 6, hotAfterEndMs: 1 };
        return new Indexer({ log, archive: broken, ...options, onError: (e) => errors.push(e) });
      });
      for (const indexer of indexers) indexer.start();
      onTestFinished(async () => {
        for (const indexer of indexers) await indexer.close();
      });
      const runs = Array.from({ length: RUNS }, (_, i) => generateRun(SEED + i, { spans: 40 }));
      await append(log, runs, random);
      await allOver(archive, runs);
      fragile = false;
      expect(errors).toEqual([]);
      expect(failures).toBeGreaterThan(0);
      for (const { traceId, events } of runs)
        await expectRecorded(archive, { project: 'default', streamId: traceId }, events);
    },
  );

  it('[REC4] lets go of what is archived only: the beginning of a long run, and a run that is over', async () => {
    const log = await openLog();
    const archive = new MemoryArchive();
    let isAway = true;
    const fragile = failingArchive(archive, (method) =>
      isAway && method === 'commit' ? 'fails' : 'works',
    );
    const indexer = new Indexer({
      log,
      archive: fragile,
      ...QUICK,
      hotEntries: 10,
      hotAfterEndMs: 1,
    });
    indexer.start();
    onTestFinished(() => indexer.close());
    const run = generateRun(4, { spans: 60 });
    const stream = { project: 'default', streamId: run.traceId };
    const most = run.events.length - 1;
    const some = { traceId: run.traceId, events: run.events.slice(0, most) };
    const batch = { ...stream, producer: 'p', fin: false, blobs: [], refs: [] };
    for (const [i, event] of some.events.entries())
      await log.append({ ...batch, number: i + 1, events: [encodeEvent(event)] });
    await eventually(() => Promise.resolve(indexer.lag().entries >= most), 'it is all in hand');
    expect(await log.tail(stream)).toMatchObject({ first: '0-0' });

    isAway = false;
    await eventually(async () => (await log.tail(stream))?.first !== '0-0', 'the run is trimmed');
    const archived = await archive.position(stream);
    const tail = await log.tail(stream);
    expect(tail?.last).toBe(archived?.position);
    // What was trimmed is read where it went.
    const watched = new ArchivedLog(log, archive);
    const whole = { after: '0-0', maxEntries: 1_000, maxBytes: 1e9 };
    expect(await watched.read(stream, whole)).toHaveLength(most);
    const last = run.events.slice(most).map(encodeEvent);
    await log.append({ ...batch, number: most + 1, events: last, fin: true });
    await eventually(async () => (await log.tail(stream)) === undefined, 'the log lets it go');
    await expectRecorded(archive, stream, run.events);
  });

  it('[REC5] takes nothing while the archive is away, says how far it is behind, and catches up', async () => {
    const log = await openLog();
    const archive = new MemoryArchive();
    let isAway = true;
    const fragile = failingArchive(archive, () => (isAway ? 'fails' : 'works'));
    const indexer = new Indexer({ log, archive: fragile, ...QUICK });
    const gateway = await startTestGateway({ log, lag: () => indexer.lag() });
    indexer.start();
    onTestFinished(() => indexer.close());
    const lag = async (): Promise<{ entries: number; ms: number }> => {
      const response = await fetch(`${gateway.url}/ready`);
      expect(response.status).toBe(200);
      return ((await response.json()) as { lag: { entries: number; ms: number } }).lag;
    };
    expect(await lag()).toEqual({ entries: 0, ms: 0 });
    const runs = [generateRun(6), generateRun(7), generateRun(8)];
    const random = seededRandom(6);
    await append(log, runs.slice(0, 1), random);
    await eventually(async () => (await lag()).ms > 300, 'the lag grows');
    await append(log, runs.slice(1), random);
    // Somebody else could do it: it is all there to be taken.
    const others = await log.takeWork('another', { maxItems: 9, waitMs: 0, stealAfterMs: 1e6 });
    expect(others.map(({ streamId }) => streamId).toSorted()).toEqual(
      runs
        .slice(1)
        .map(({ traceId }) => traceId)
        .toSorted(),
    );
    isAway = false;
    await allOver(archive, runs);
    await eventually(async () => (await lag()).entries === 0, 'nothing waits');
    for (const { traceId, events } of runs)
      await expectRecorded(archive, { project: 'default', streamId: traceId }, events);
  });

  it('[REC3] goes on where another indexer stopped, in the middle of a run', async () => {
    const log = await openLog();
    const archive = await openFile();
    const run = generateRun(9, { spans: 50 });
    const stream = { project: 'default', streamId: run.traceId };
    const batch = { ...stream, producer: 'p', blobs: [], refs: [] };
    const parts = 7;
    const size = Math.ceil(run.events.length / parts);
    for (let part = 0; part < parts; part++) {
      const indexer = new Indexer({ log, archive, ...QUICK });
      indexer.start();
      const events = run.events.slice(part * size, (part + 1) * size).map(encodeEvent);
      const fin = part === parts - 1;
      const { position } = await log.append({ ...batch, number: part + 1, fin, events });
      await eventually(async () => {
        const archived = await archive.position(stream);
        return archived !== undefined && (fin || archived.position === position);
      }, `part ${part} is archived`);
      if (fin) await allOver(archive, [run]);
      await indexer.close();
    }
    await expectRecorded(archive, stream, run.events);
  });

  it('[REC3] keeps blobs, also those that are sent again later, for as long as the record', async () => {
    const log = await openLog();
    const archive = await openFile();
    const indexer = new Indexer({ log, archive, ...QUICK, hotAfterEndMs: 1 });
    indexer.start();
    onTestFinished(() => indexer.close());
    const stream = { project: 'default', streamId: 'b'.repeat(32) };
    const [came, late] = [
      blobOf(new Uint8Array(900).fill(65)),
      blobOf(new Uint8Array(900).fill(66)),
    ];
    const input = (ref: Uint8Array) => ({
      mediaType: 'text/plain' as const,
      bytes: 900,
      preview: '',
      parts: [ref],
    });
    const spans = [came, late].map(({ ref }, i) => ({
      type: 'open' as const,
      spanId: String(i + 1).repeat(16),
      name: `step ${i}`,
      spanType: 'tool' as const,
      startUs: i + 1,
      input: input(ref),
    }));
    const batch = { ...stream, producer: 'p', refs: [] };
    const open = spans.map(encodeEvent);
    await log.append({ ...batch, number: 1, fin: false, events: open, blobs: [came] });
    await eventually(async () => (await archive.position(stream)) !== undefined, 'it is archived');
    expect(await archive.getBlobs('default', [came.ref, late.ref])).toEqual([
      came.bytes,
      undefined,
    ]);

    await log.putBlobs(stream, [late]);
    const close = spans.map(({ spanId }) =>
      encodeEvent({ type: 'close', spanId, endUs: 9, status: 'ok' }),
    );
    await log.append({ ...batch, number: 2, fin: true, events: close, blobs: [] });
    await eventually(async () => (await log.tail(stream)) === undefined, 'the log lets it go');
    const watched = new ArchivedLog(log, archive);
    const found = await watched.getBlobs(stream, [late.ref, came.ref]);
    expect(found.map((bytes) => bytes && toHex(bytes))).toEqual(
      [late, came].map(({ bytes }) => toHex(bytes)),
    );
  });
});
