import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqliteArchive } from '../../../server/src/archive/sqlite/sqlite-archive.ts';
import { APPLICATION_ID, MIGRATIONS } from '../../../server/src/archive/sqlite/schema.ts';
import { eventually } from '../../support/eventually.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import {
  WHOLE,
  archived,
  blobOf,
  commitOf,
  entriesFrom,
  newTrace,
  runRow,
  spanRow,
  streamOf,
} from './samples.ts';

async function open(file: string, queryTimeoutMs?: number) {
  const archive = await openSqliteArchive({
    file,
    ...(queryTimeoutMs === undefined ? {} : { queryTimeoutMs }),
  });
  onTestFinished(() => archive.close());
  return archive;
}

const QUERY = { project: 'default', sort: 'start', descending: true, limit: 10 } as const;

describe('the embedded archive and its file', () => {
  it('has everything again when it is opened again', async () => {
    const file = join(temporaryDirectory(), 'archive.sqlite');
    const trace = newTrace();
    const first = await open(file);
    const blob = blobOf(Buffer.alloc(10_000, 'b'));
    const span = spanRow(trace, { name: 'kept' });
    const entries = entriesFrom(1, 20, 100);
    await first.commit([commitOf(trace, entries, { blobs: [blob], spans: [archived(span)] })]);
    await first.close();
    // Closed properly, it is one file.
    expect(existsSync(`${file}-wal`)).toBe(false);
    const again = await open(file);
    expect(await again.read(streamOf(trace), WHOLE)).toEqual(entries);
    expect(await again.run(streamOf(trace))).toEqual(runRow(trace));
    expect(await again.getBlobs('default', [blob.ref])).toEqual([blob.bytes]);
    const filter = { kind: 'text', phrase: 'kept' } as const;
    expect((await again.spans({ ...QUERY, filter })).rows).toEqual([span]);
  });

  it('orders the runs of a file of the first version by activity', async () => {
    const file = join(temporaryDirectory(), 'archive.sqlite');
    const old = new DatabaseSync(file);
    old.exec(`PRAGMA auto_vacuum = INCREMENTAL; ${MIGRATIONS[0]}`);
    old.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 1`);
    old.exec("INSERT INTO projects (id, name) VALUES (1, 'default')");
    const rows = [3, 1, 2].map((n) => runRow(newTrace(), { lastActivityUs: n, errorCount: 3 - n }));
    for (const row of rows)
      old
        .prepare(
          `INSERT INTO runs (project, trace, epoch, last_ms, last_seq, name, status, start_us, span_count, error_count, body)
           VALUES (1, ?, 'e', 1, 1, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          Buffer.from(row.traceId, 'hex'),
          row.name,
          row.status,
          row.startUs,
          row.spanCount,
          row.errorCount,
          JSON.stringify(row),
        );
    old.close();
    const archive = await open(file);
    const byActivity = await archive.runs({ ...QUERY, sort: 'activity' });
    expect(byActivity.rows.map((row) => row.lastActivityUs)).toEqual([3, 2, 1]);
    const byErrors = await archive.runs({ ...QUERY, sort: 'errors' });
    expect(byErrors.rows.map((row) => row.errorCount)).toEqual([2, 1, 0]);
  });

  it('is refused to a second one, until the first is closed', async () => {
    const file = join(temporaryDirectory(), 'archive.sqlite');
    const first = await open(file);
    await expect(openSqliteArchive({ file })).rejects.toMatchObject({
      code: 'ARCHIVE_UNAVAILABLE',
      message: expect.stringMatching(/another gateway has .*archive\.sqlite open; stop it, or/),
    });
    expect(await first.probe(10_000)).toBeGreaterThanOrEqual(0);
    await first.close();
    await (await open(file)).close();
  });

  it('refuses what is no archive of its own, naming it, and leaves it as it was', async () => {
    const directory = temporaryDirectory();
    const text = join(directory, 'text');
    writeFileSync(text, 'not a database, but long enough to be taken for one '.repeat(100));
    const foreign = join(directory, 'foreign');
    const other = new DatabaseSync(foreign);
    other.exec('CREATE TABLE people (name TEXT)');
    other.close();
    const newer = join(directory, 'newer');
    await (await open(newer)).close();
    const upgraded = new DatabaseSync(newer);
    upgraded.exec('PRAGMA user_version = 99');
    upgraded.close();
    const folder = join(directory, 'folder');
    mkdirSync(folder);

    const cases: [string, RegExp][] = [
      [text, /text is not a database; move it away, or choose another data directory/],
      [foreign, /foreign is a database of another application; choose another data directory/],
      [newer, /newer was written by a newer Spantail .*; upgrade, or choose another/],
      [folder, /folder cannot be opened; check that its directory exists and can be written/],
      [join(directory, 'no', 'file'), /file cannot be opened; check that its directory exists/],
    ];
    const before = [text, foreign, newer].map((file) => readFileSync(file));
    for (const [file, message] of cases)
      await expect(openSqliteArchive({ file })).rejects.toMatchObject({
        code: 'ARCHIVE_UNAVAILABLE',
        message: expect.stringMatching(message),
      });
    expect([text, foreign, newer].map((file) => readFileSync(file))).toEqual(before);
  });

  it('gives an error that names the damaged segment or blob, never wrong data', async () => {
    const file = join(temporaryDirectory(), 'archive.sqlite');
    const trace = newTrace();
    const first = await open(file);
    const blob = blobOf(Buffer.from('blob '.repeat(1_000)));
    const whole = entriesFrom(1, 10, 30_000);
    const rest = entriesFrom(100, 3, 100);
    const one = commitOf(trace, whole, { blobs: [blob] });
    await first.commit([one, commitOf(trace, rest, { expected: one.position })]);
    await first.close();

    for (const damage of [
      // One bit, a cut, another form, other bytes in the same form.
      (bytes: Uint8Array) => bytes.with(bytes.length >> 1, (bytes[bytes.length >> 1] ?? 0) ^ 1),
      (bytes: Uint8Array) => bytes.slice(0, bytes.length - 10),
      (bytes: Uint8Array) => bytes.with(0, 7),
      () => Uint8Array.of(0, 1, 2, 3),
    ]) {
      const db = new DatabaseSync(file);
      const sound = ['segments', 'blobs'].map((table) => {
        const row = db.prepare(`SELECT id, data FROM ${table} ORDER BY id LIMIT 1`).get() as {
          id: number;
          data: Uint8Array;
        };
        const update = db.prepare(`UPDATE ${table} SET data = ? WHERE id = ?`);
        update.run(damage(row.data), row.id);
        return () => update.run(row.data, row.id);
      });
      const archive = await open(file);
      await expect(archive.read(streamOf(trace), WHOLE)).rejects.toMatchObject({
        code: 'ARCHIVE_UNAVAILABLE',
        message: expect.stringMatching(
          /segment \d+ of .* is damaged: the entries from 1-0 to 10-0/,
        ),
      });
      await expect(archive.getBlobs('default', [blob.ref])).rejects.toMatchObject({
        code: 'ARCHIVE_UNAVAILABLE',
        message: expect.stringMatching(/blob [0-9a-f]{32} of .* is damaged/),
      });
      // What is sound can be read.
      expect(await archive.read(streamOf(trace), { ...WHOLE, after: '10-0' })).toEqual(rest);
      await archive.close();
      for (const mend of sound) mend();
      db.close();
    }
    const mended = await open(file);
    expect(await mended.read(streamOf(trace), WHOLE)).toEqual([...whole, ...rest]);
  });

  it('finishes at its next start what was removed but not deleted yet', async () => {
    const file = join(temporaryDirectory(), 'archive.sqlite');
    const trace = newTrace();
    const first = await open(file);
    const spans = Array.from({ length: 300 }, () => archived(spanRow(trace), 'buried words'));
    const blobs = [blobOf(Buffer.from('a')), blobOf(Buffer.from('b'))];
    await first.commit([commitOf(trace, entriesFrom(1, 3), { spans, blobs })]);
    await first.close();
    // As a process leaves it that dies right after the run was put out of sight.
    const db = new DatabaseSync(file);
    db.exec('INSERT INTO buried (run, project) SELECT id, project FROM runs; DELETE FROM runs');
    db.close();
    const again = await open(file);
    expect((await again.spans(QUERY)).rows).toEqual([]);
    expect(await again.stats({ project: 'default', limit: 10 })).toEqual([]);
    await again.remove('default', []);
    await again.close();
    const left = new DatabaseSync(file);
    for (const table of ['spans', 'segments', 'blobs', 'run_blobs', 'buried'])
      expect(left.prepare(`SELECT count(*) AS n FROM ${table}`).get(), table).toEqual({ n: 0 });
    const hits = left.prepare("SELECT count(*) AS n FROM text_1 WHERE text_1 MATCH 'buried'").get();
    expect(hits).toEqual({ n: 0 });
    left.close();
  });

  it('ends a query that takes too long, while commits and look-ups go on', async () => {
    const file = join(temporaryDirectory(), 'archive.sqlite');
    const archive = await open(file, 1);
    const trace = newTrace();
    const spans = Array.from({ length: 30_000 }, () => archived(spanRow(trace), ''));
    const commit = commitOf(trace, entriesFrom(1, 1), { spans });
    await archive.commit([commit]);
    const filter = {
      kind: 'field',
      field: 'name',
      operator: '=',
      value: '*x',
      pattern: true,
    } as const;
    const slow = archive.spans({ ...QUERY, sort: 'duration', filter });
    const more = commitOf(trace, entriesFrom(2, 1), { expected: commit.position });
    await expect(slow).rejects.toMatchObject({
      code: 'ARCHIVE_UNAVAILABLE',
      message: expect.stringMatching(/took longer than 1 ms and was ended; narrow it down/),
    });
    expect(await archive.commit([more])).toEqual(['committed']);
    expect(await archive.position(streamOf(trace))).toEqual(more.position);
    // This one, too, has only its millisecond, which a busy machine may take from it.
    await eventually(
      async () => (await archive.runs(QUERY).catch(() => undefined))?.rows.length === 1,
      'the run is found',
    );
  });
});
