import { SORT_FIELDS, type PageKey, type RunRow, type SpanRow } from '@spantail/protocol';
import type { Archive, Page, PageQuery } from 'spantail';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../support/generate-run.ts';
import { ARCHIVES } from './archives.ts';
import { fill, generateCommit, SEED } from './generate-rows.ts';
import { streamOf } from './samples.ts';

type Row = RunRow | SpanRow;
type Order = Pick<PageQuery, 'sort' | 'descending' | 'filter'>;

const KINDS = ['run', 'span'] as const;
const DIRECTIONS = [false, true] as const;
const LIMIT = 7;

function page(
  archive: Archive,
  of: 'run' | 'span',
  order: Order,
  limit: number,
  after?: PageKey,
): Promise<Page<Row>> {
  const query = { project: 'default', ...order, limit, ...(after && { after }) };
  return of === 'run' ? archive.runs(query) : archive.spans(query as PageQuery<'span'>);
}

/** All pages to the end; `between` is called before each next one. */
async function walk(
  archive: Archive,
  of: 'run' | 'span',
  order: Order,
  between: (seen: number) => Promise<void> = () => Promise.resolve(),
): Promise<Row[]> {
  const rows: Row[] = [];
  let after: PageKey | undefined;
  do {
    const { rows: some, next } = await page(archive, of, order, LIMIT, after);
    expect(some.length).toBe(next === undefined ? some.length : LIMIT);
    rows.push(...some);
    after = next;
    await between(rows.length);
  } while (after !== undefined);
  return rows;
}

function idOf(row: Row): string {
  return 'spanId' in row ? `${row.traceId} ${row.spanId}` : row.traceId;
}

describe.each(ARCHIVES)(`pages of $name (SEED=${SEED})`, ({ open }) => {
  it.each(KINDS)(
    'has %ss in order by every field, both ways, those without a value last',
    async (of) => {
      const archive = await open();
      const { oracle } = await fill(archive, seededRandom(SEED), { runs: 60, spans: 3 });
      for (const sort of SORT_FIELDS[of])
        for (const descending of DIRECTIONS) {
          const order = { sort, descending };
          const wanted = await page(oracle, of, order, 1_000);
          expect(wanted.rows.length).toBeGreaterThan(LIMIT);
          // The rows themselves, each as it was kept.
          expect(await page(archive, of, order, 1_000), sort).toEqual(wanted);
          expect(await walk(archive, of, order), sort).toEqual(wanted.rows);
        }
    },
  );

  it.each(KINDS)('goes through filtered %ss by pages', async (of) => {
    const archive = await open();
    const { oracle } = await fill(archive, seededRandom(SEED), { runs: 60, spans: 3 });
    const filter = { kind: 'field', field: 'agent', operator: '!=', value: 'search' } as const;
    for (const descending of DIRECTIONS) {
      const order = { sort: 'duration', descending, filter } as const;
      expect(await walk(archive, of, order)).toEqual((await page(oracle, of, order, 1_000)).rows);
    }
  });

  it.each(KINDS)('neither skips nor repeats %ss while others are added', async (of) => {
    const archive = await open();
    const random = seededRandom(SEED);
    const { oracle } = await fill(archive, random, { runs: 20, spans: 3 });
    for (const descending of DIRECTIONS) {
      const order = { sort: 'tokens', descending } as const;
      const before = (await page(oracle, of, order, 1_000)).rows.map(idOf);
      let added = 0;
      const seen = await walk(archive, of, order, async () => {
        if (added++ > 5) return;
        const commit = generateCommit(random, 3);
        for (const store of [archive, oracle]) await store.commit([commit]);
      });
      const ids = seen.map(idOf);
      expect(new Set(ids).size, 'rows named twice').toBe(ids.length);
      expect(new Set(ids)).toEqual(new Set([...ids, ...before]));
    }
  });

  it('has no next page behind exactly the last row', async () => {
    const archive = await open();
    await fill(archive, seededRandom(SEED), { runs: LIMIT, spans: 1 });
    const order = { sort: 'start', descending: true } as const;
    for (const of of KINDS) {
      const { rows, next } = await page(archive, of, order, LIMIT);
      expect(rows).toHaveLength(LIMIT);
      expect(next).toBeUndefined();
    }
  });

  it("goes through one run's spans by start", async () => {
    const archive = await open();
    const { oracle, commits } = await fill(archive, seededRandom(SEED), { runs: 3, spans: 25 });
    for (const { streamId } of commits) {
      const wanted = await oracle.runSpans(streamOf(streamId), 1_000);
      const rows: SpanRow[] = [];
      let after: PageKey | undefined;
      do {
        const { rows: some, next } = await archive.runSpans(streamOf(streamId), LIMIT, after);
        rows.push(...some);
        after = next;
      } while (after !== undefined);
      expect(rows).toEqual(wanted.rows);
      expect(rows).toHaveLength(25);
    }
  });
});
