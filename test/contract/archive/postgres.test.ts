import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Client } from 'pg';
import type { Archive, RunCommit } from 'spantail';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPostgresArchive } from '../../../server/src/archive/postgres/postgres-archive.ts';
import { startPostgres, type PostgresServer } from '../../support/postgres-server.ts';
import { eventually } from '../../support/eventually.ts';
import { postgresHarness, postgresServer } from './postgres-harness.ts';
import {
  WHOLE,
  archived,
  commitOf,
  entriesFrom,
  newTrace,
  runRow,
  spanRow,
  streamOf,
} from './samples.ts';

const RESTARTS = 3;
const WEEK_MS = 7 * 24 * 3_600_000;

/** A server that this test may kill. */
async function ownServer(): Promise<PostgresServer> {
  // What was committed is with the operating system, which outlives a SIGKILL: no need of the disk.
  const server = await startPostgres({ settings: { synchronous_commit: 'on' } });
  onTestFinished(() => server.stop());
  return server;
}

async function opened(url: string, retryForMs?: number): Promise<Archive> {
  const archive = await openPostgresArchive({ url, ...(retryForMs && { retryForMs }) });
  onTestFinished(() => archive.close());
  return archive;
}

/** A run that grows by one entry and one span a commit, as an indexer would archive it. */
class GrowingRun {
  readonly traceId = newTrace();
  readonly entries = entriesFrom(1_000, 1_000);
  readonly spans = this.entries.map(() => archived(spanRow(this.traceId)));
  done = 0;

  next(): RunCommit {
    const [entry, span] = [this.entries[this.done], this.spans[this.done]];
    if (entry === undefined || span === undefined) throw new Error('the run is over');
    const last = this.entries[this.done - 1];
    return commitOf(this.traceId, [entry], {
      expected: last && { epoch: 'e1', position: last.position },
      spans: [span],
      ended: false,
    });
  }

  /** Commits for as long as it may; each step must be taken exactly once. */
  async grow(archive: Archive, until: () => boolean): Promise<void> {
    while (!until()) {
      expect(await archive.commit([this.next()])).toEqual(['committed']);
      this.done++;
    }
  }

  async check(archive: Archive): Promise<void> {
    const stream = streamOf(this.traceId);
    const wanted = this.entries.slice(0, this.done);
    expect(await archive.read(stream, WHOLE)).toEqual(wanted);
    expect(await archive.position(stream)).toEqual({
      epoch: 'e1',
      position: wanted.at(-1)?.position,
    });
    const { rows } = await archive.runSpans(stream, 1_000);
    expect(new Set(rows.map(({ spanId }) => spanId))).toEqual(
      new Set(this.spans.slice(0, this.done).map(({ row }) => row.spanId)),
    );
    expect(rows).toHaveLength(this.done);
  }
}

describe('PostgreSQL', () => {
  it('killed in the middle of commits and started again: nothing is lost, nothing doubled', async () => {
    const server = await ownServer();
    const archive = await opened(await server.createDatabase(), 60_000);
    const runs = Array.from({ length: 4 }, () => new GrowingRun());
    let over = false;
    const growing = Promise.all(runs.map((run) => run.grow(archive, () => over)));
    growing.catch(() => {});
    for (let i = 0; i < RESTARTS; i++) {
      const goal = runs.reduce((sum, { done }) => sum + done, 0) + 20;
      await eventually(
        () => runs.reduce((sum, { done }) => sum + done, 0) >= goal,
        'runs have grown',
      );
      await server.kill();
      await server.restart();
    }
    over = true;
    await growing;
    for (const run of runs) await run.check(archive);
  });

  it('orders the runs of an archive of the first version by activity', async () => {
    const url = await (await postgresServer()).createDatabase();
    const archive = await opened(url);
    const times = [3_000, 1_000, 2_000];
    const commits = times.map((ms) => {
      const traceId = newTrace();
      const run = runRow(traceId, { lastActivityUs: ms * 1_000 });
      return commitOf(traceId, entriesFrom(ms, 1), { run });
    });
    await archive.commit(commits);
    await archive.close();
    const client = new Client(url);
    await client.connect();
    await client.query(`
      DROP INDEX spantail.runs_by_spans, spantail.runs_by_errors;
      ALTER TABLE spantail.runs DROP COLUMN activity_us;
      DELETE FROM spantail.migrations WHERE name LIKE '%run_order'`);
    await client.end();
    const { rows } = await (
      await opened(url)
    ).runs({ project: 'default', sort: 'activity', descending: true, limit: 2 });
    expect(rows.map((row) => row.lastActivityUs / 1_000)).toEqual([3_000, 2_000]);
  });

  it('gives up within a bound while the server is away, and is there again when it is', async () => {
    const server = await ownServer();
    const archive = await opened(await server.createDatabase(), 200);
    const run = new GrowingRun();
    await server.kill();
    await expect(archive.commit([run.next()])).rejects.toMatchObject({
      code: 'ARCHIVE_UNAVAILABLE',
    });
    await expect(archive.run(streamOf(run.traceId))).rejects.toMatchObject({
      code: 'ARCHIVE_UNAVAILABLE',
      message: expect.stringContaining(`127.0.0.1:${server.port}`),
    });
    await expect(archive.probe(5_000)).rejects.toMatchObject({ code: 'ARCHIVE_UNAVAILABLE' });
    await server.restart();
    expect(await archive.probe(5_000)).toBeGreaterThan(0);
    await run.grow(archive, () => run.done === 2);
    await run.check(archive);
  });

  it('lets of two indexers at one run exactly one win each step', async () => {
    const url = await (await postgresServer()).createDatabase();
    const archives = [await opened(url), await opened(url)];
    const run = new GrowingRun();
    for (; run.done < 60; run.done++) {
      const commit = run.next();
      const outcomes = await Promise.all(archives.map((archive) => archive.commit([commit])));
      expect(outcomes.flat().sort()).toEqual(['committed', 'conflict']);
    }
    await run.check(archives[0] as Archive);
  });

  it('takes many runs in one commit from two indexers, in any order, without a deadlock', async () => {
    const url = await (await postgresServer()).createDatabase();
    const archives = [await opened(url), await opened(url)];
    const runs = Array.from({ length: 20 }, () => new GrowingRun());
    for (let step = 0; step < 10; step++) {
      const commits = runs.map((run) => run.next());
      const [here, there] = await Promise.all([
        archives[0]?.commit(commits),
        archives[1]?.commit(commits.toReversed()),
      ]);
      const won = here?.map((outcome, i) => [outcome, there?.toReversed()[i]].indexOf('committed'));
      const lost = here?.map((outcome, i) => [outcome, there?.toReversed()[i]].indexOf('conflict'));
      expect(lost).toEqual(won?.map((winner) => 1 - winner));
      expect(won).not.toContain(-1);
      for (const run of runs) run.done++;
    }
    for (const run of runs) await run.check(archives[1] as Archive);
  });

  it('brings an empty database up to date once, whoever comes at the same time', async () => {
    const url = await (await postgresServer()).createDatabase();
    const archives = await Promise.all([1, 2, 3, 4].map(() => opened(url)));
    const run = new GrowingRun();
    await run.grow(archives[0] as Archive, () => run.done === 3);
    await run.check(archives[3] as Archive);
  });

  it('merges the segments of many small commits, and reads the same', async () => {
    const archive = await postgresHarness.open();
    const run = new GrowingRun();
    await run.grow(archive, () => run.done === 150);
    await run.check(archive);
    const ended = { ...run.next(), ended: true };
    expect(await archive.commit([ended])).toEqual(['committed']);
    run.done++;
    await run.check(archive);
    for (const { position } of run.entries.slice(0, run.done))
      expect((await archive.entry(streamOf(run.traceId), position))?.position).toBe(position);
  });

  it('drops the partition of a week whose runs are all removed, and makes it anew', async () => {
    const archive = await postgresHarness.open();
    const weeks = [10, 11].map((week) => {
      const traceId = newTrace();
      const spans = [archived(spanRow(traceId))];
      return commitOf(traceId, entriesFrom(week * WEEK_MS, 1), { spans });
    });
    expect(await archive.commit(weeks)).toEqual(['committed', 'committed']);
    const [first] = weeks as [RunCommit, RunCommit];
    expect(await archive.remove('default', [first.streamId])).toBe(1);
    expect(await archive.commit([first])).toEqual(['committed']);
    const order = { sort: 'start', descending: true, limit: 10 } as const;
    const { rows } = await archive.spans({ project: 'default', ...order });
    expect(rows).toHaveLength(2);
  });

  it('says at its opening that the connection is refused, where, and what to do', async () => {
    const socket = createServer().listen(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address() as AddressInfo;
    socket.close();
    await once(socket, 'close');
    await expect(
      openPostgresArchive({ url: `postgres://me:secret@127.0.0.1:${port}/x` }),
    ).rejects.toThrow(
      `PostgreSQL at 127.0.0.1:${port}/x: the connection was refused; start PostgreSQL there, or give another --archive address`,
    );
    await expect(openPostgresArchive({ url: 'postgres' })).rejects.toThrow(
      'postgres://user:password',
    );
    const { port: there } = await postgresServer();
    await expect(
      openPostgresArchive({ url: `postgres://spantail@127.0.0.1:${there}/missing` }),
    ).rejects.toThrow('make it with createdb');
  });

  it('rejects everything once it is closed', async () => {
    const archive = await postgresHarness.open();
    await archive.close();
    const closed = { code: 'ARCHIVE_UNAVAILABLE', message: 'the archive is closed' };
    await expect(archive.commit([new GrowingRun().next()])).rejects.toMatchObject(closed);
    await expect(archive.projects()).rejects.toMatchObject(closed);
    await expect(archive.probe(1_000)).rejects.toMatchObject(closed);
  });
});
