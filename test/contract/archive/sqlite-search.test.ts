import { join } from 'node:path';
import type { Filter, PageKey } from '@spantail/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Archive } from 'spantail';
import { openSqliteArchive } from '../../../server/src/archive/sqlite/sqlite-archive.ts';
import { seededRandom } from '../../support/generate-run.ts';
import { MemoryArchive } from '../../support/memory-archive.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { archived, commitOf, entriesFrom, newTrace, runRow, spanRow } from './samples.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));
const RUNS = 400;
const SPANS = 60;

/** Words from those in nearly every span to those in a handful; some only in old runs. */
function words(random: () => number, run: number): string {
  const found = ['common'];
  for (const share of [2, 10, 100, 1_000, 8_000])
    if (random() < 1 / share) found.push(`one${share}`);
  if (run < 20) found.push('old');
  return found.sort(() => random() - 0.5).join(' ');
}

async function fill(archives: Archive[], random: () => number): Promise<void> {
  for (let run = 0; run < RUNS; run += 50) {
    const commits = Array.from({ length: 50 }, (_, i) => {
      const trace = newTrace();
      const startUs = 1_000_000 * (run + i);
      const spans = Array.from({ length: SPANS }, () => {
        // Many start at once; some run over the next runs' starts; of some the start is not known.
        const start = startUs + 1_000 * Math.floor(3_000 * random() ** 2);
        const { startUs: _start, ...rest } = spanRow(trace, {
          status: random() < 0.1 ? 'error' : 'ok',
        });
        const row = random() < 0.01 ? rest : { ...rest, startUs: start };
        return archived(row, words(random, run + i));
      });
      return commitOf(trace, entriesFrom(1, 1), { run: runRow(trace, { startUs }), spans });
    });
    for (const archive of archives) await archive.commit(commits);
  }
}

/** All ids that a filter finds, page by page. */
async function findAll(
  archive: Archive,
  of: 'runs' | 'spans',
  filter: Filter,
  descending: boolean,
  pages: number,
): Promise<string[]> {
  const found: string[] = [];
  let after: PageKey | undefined;
  for (let page = 0; page < pages; page++) {
    const query = { project: 'default', sort: 'start', descending, limit: 70, filter } as const;
    const { rows, next } = await archive[of](after === undefined ? query : { ...query, after });
    found.push(...rows.map((row) => ('spanId' in row ? row.spanId : row.traceId)));
    if (next === undefined) break;
    after = next;
  }
  return found;
}

describe('searching an embedded archive of many rows', () => {
  it(`finds what a naive scan finds, for common and for rare words (SEED=${SEED})`, async () => {
    const random = seededRandom(SEED);
    const file = join(temporaryDirectory(), 'archive.sqlite');
    const archive = await openSqliteArchive({ file });
    onTestFinished(() => archive.close());
    const oracle = new MemoryArchive();
    await fill([archive, oracle], random);
    const text = (phrase: string): Filter => ({ kind: 'text', phrase });
    const failed: Filter = { kind: 'field', field: 'status', operator: '=', value: 'error' };
    const filters: Filter[] = [
      ...['common', 'one2', 'one10', 'one100', 'one1000', 'one8000', 'old', 'nowhere'].map(text),
      text('common one2'),
      text('one2 one10'),
      { kind: 'and', of: [failed, text('one2')] },
      { kind: 'and', of: [text('common'), text('one1000')] },
      { kind: 'or', of: [text('old'), text('one1000')] },
      { kind: 'and', of: [text('old'), { kind: 'not', of: text('common one2') }] },
    ];
    for (const filter of filters)
      for (const of of ['spans', 'runs'] as const)
        for (const descending of [true, false]) {
          const wanted = await findAll(oracle, of, filter, descending, 6);
          const found = await findAll(archive, of, filter, descending, 6);
          expect(found, `${of} ${descending} ${JSON.stringify(filter)}`).toEqual(wanted);
        }
  });
});
