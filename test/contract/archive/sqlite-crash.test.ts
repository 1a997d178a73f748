import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Archive } from 'spantail';
import { openSqliteArchive } from '../../../server/src/archive/sqlite/sqlite-archive.ts';
import { seededRandom } from '../../support/generate-run.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { WHOLE, streamOf } from './samples.ts';
import { blobOfPortion, portionOf, sharedBlob, spanIdOf, traceOf } from './sqlite-portions.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));
const PROCESS = join(import.meta.dirname, 'sqlite-process.ts');
const NODE = [process.execPath, '--conditions=source', '--no-warnings', PROCESS];
const KILLS = 8;
const RUNS = 3;

function run(command: string[]) {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() };
}

/** Everything of a run agrees with its position; how many portions it has. */
async function checkRun(archive: Archive, run: number): Promise<number> {
  const stream = streamOf(traceOf(run));
  const position = await archive.position(stream);
  const portions = Number(position?.position.split('-')[0] ?? 0);
  const entries = await archive.read(stream, WHOLE);
  expect(entries.map(({ number }) => number)).toEqual(upTo(portions));
  expect((await archive.run(stream))?.spanCount ?? 0).toBe(portions);
  const { rows } = await archive.runSpans(stream, 10_000);
  expect(rows.map(({ spanId, name }) => `${spanId} ${name}`)).toEqual(
    upTo(portions).map(
      (number) => `${spanIdOf(number)} ${number === portions ? 'open' : 'closed'} ${number}`,
    ),
  );
  const refs = upTo(portions + 1).map((number) => blobOfPortion(run, number).ref);
  const blobs = await archive.getBlobs('default', refs);
  expect(blobs.map((bytes) => bytes !== undefined)).toEqual([
    ...upTo(portions).map(() => true),
    false,
  ]);
  return portions;
}

/** What the tables say of each other. */
function checkTables(file: string, portions: number): void {
  const db = new DatabaseSync(file);
  const one = (sql: string): unknown => Object.values(db.prepare(sql).get() ?? {})[0];
  expect(one('PRAGMA integrity_check')).toBe('ok');
  expect(one('SELECT count(*) FROM spans')).toBe(one('SELECT sum(next_span) FROM runs') ?? 0);
  const uses = 'SELECT count(*) FROM run_blobs WHERE blob = blobs.id';
  expect(one(`SELECT count(*) FROM blobs WHERE runs <> (${uses})`)).toBe(0);
  expect(one('SELECT count(*) FROM blobs')).toBe(portions === 0 ? 0 : RUNS * portions + 1);
  if (portions > 0) {
    db.exec("INSERT INTO text_1 (text_1) VALUES ('integrity-check')");
    expect(one("SELECT count(*) FROM text_1 WHERE text_1 MATCH 'open'")).toBe(RUNS);
    expect(one("SELECT count(*) FROM text_1 WHERE text_1 MATCH 'closed'")).toBe(
      RUNS * (portions - 1),
    );
  }
  db.close();
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, i) => i + 1);
}

describe('the embedded archive when its process dies, or its disk is full', () => {
  it(`agrees with itself after SIGKILL at ${KILLS} random moments (SEED=${SEED})`, async () => {
    const random = seededRandom(SEED);
    for (let kill = 0; kill < KILLS; kill++) {
      const file = join(temporaryDirectory(), 'archive.sqlite');
      const { child, lines } = run([...NODE, file, '2000', String(RUNS)]);
      const after = Math.floor(80 * random());
      const delayTurns = Math.floor(200 * random());
      let accepted = 0;
      if (after === 0) child.kill('SIGKILL');
      for (;;) {
        const { value, done } = await lines.next();
        if (done === true) break;
        const [number, ...outcomes] = value.split(' ');
        expect(new Set(outcomes)).toEqual(new Set(['committed']));
        accepted = Number(number);
        if (accepted < after || child.killed) continue;
        // Somewhere in the next commits.
        for (let turn = 0; turn < delayTurns; turn++)
          await new Promise((resolve) => setImmediate(resolve));
        child.kill('SIGKILL');
      }
      if (child.signalCode === null) await once(child, 'exit');
      expect(child.signalCode).toBe('SIGKILL');

      const archive = await openSqliteArchive({ file });
      const portions = new Set<number>();
      for (let run = 0; run < RUNS; run++) portions.add(await checkRun(archive, run));
      // All runs were committed together: they stand at the same place, none before what was said.
      expect(portions.size).toBe(1);
      const [count = 0] = portions;
      expect(count).toBeGreaterThanOrEqual(accepted);
      expect(count).toBeLessThanOrEqual(accepted + 1);
      const next = Array.from({ length: RUNS }, (_, run) => portionOf(run, count + 1, 10));
      expect(await archive.commit(next)).toEqual(next.map(() => 'committed'));
      await checkRun(archive, 0);
      await archive.close();
      checkTables(file, count + 1);
    }
  });

  it('refuses a commit whole while the disk is full, and goes on when it is not', async () => {
    const file = join(temporaryDirectory(), 'archive.sqlite');
    // A limit on the size of files stands in for a full disk.
    const limited = ['sh', '-c', 'trap "" XFSZ; ulimit -S -f 12000; exec "$@"', 'sh', ...NODE];
    const { child, lines } = run([...limited, file, '200000', String(RUNS)]);
    let accepted = 0;
    const failures: number[] = [];
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) break;
      const [first = '', ...rest] = value.split(' ');
      if (first !== 'failed') {
        accepted = Number(first);
        // Long after there was room again.
        if (failures.length > 0 && accepted > (failures[0] ?? 0) + 20) child.kill('SIGKILL');
        continue;
      }
      expect(rest).toEqual(['ARCHIVE_UNAVAILABLE', 'at', String(accepted + 1)]);
      failures.push(accepted);
      if (failures.length === 3)
        spawnSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited:unlimited']);
      child.stdin.write('again\n');
    }
    expect(failures).toHaveLength(3);
    expect(new Set(failures).size).toBe(1);
    expect(failures[0]).toBeGreaterThan(3);

    const archive = await openSqliteArchive({ file });
    onTestFinished(() => archive.close());
    const portions = await checkRun(archive, 0);
    expect(portions).toBeGreaterThanOrEqual(accepted);
    for (let run = 1; run < RUNS; run++) expect(await checkRun(archive, run)).toBe(portions);
    expect(await archive.getBlobs('default', [sharedBlob.ref])).toEqual([sharedBlob.bytes]);
    expect(await archive.commit([portionOf(0, portions + 1, 10)])).toEqual(['committed']);
    await checkRun(archive, 0);
  });
});
