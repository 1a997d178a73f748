import {
  matchesRun,
  matchesSpan,
  QUERY_FIELDS,
  type Filter,
  type QueryField,
} from '@spantail/protocol';
import type { Archive, RunCommit } from 'spantail';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../support/generate-run.ts';
import { ARCHIVES } from './archives.ts';
import { anyFilter, attributeComparisons, comparisonsOf } from './generate-filters.ts';
import { fill, phrase, SEED, WORDS } from './generate-rows.ts';

const ORDER = { project: 'default', sort: 'start', descending: true, limit: 1_000 } as const;
const KINDS = ['run', 'span'] as const;
const ANY_FILTERS = 150;
const FEW = { runs: 20, spans: 4 };
/** Phrases without words, and parts of words. */
const NOT_QUITE = [
  '',
  ' ',
  '***',
  'rate limi',
  'ate limit',
  '制限',
  'don t',
  'snake case',
  'e mail',
];
/** Queries under way at once. */
const AT_ONCE = 8;

/** Asks with each filter, and looks at every row by itself; how many rows that found. */
async function compareAll(
  archive: Archive,
  commits: readonly RunCommit[],
  of: 'run' | 'span',
  filters: readonly Filter[],
): Promise<number> {
  let found = 0;
  const queue = filters.values();
  const work = async (): Promise<void> => {
    for (const filter of queue) {
      const wanted = scan(commits, of, filter);
      const actual = await ask(archive, of, filter);
      expect(actual, `${of}s with ${JSON.stringify(filter)}`).toEqual(wanted);
      found += wanted.length;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

async function ask(archive: Archive, of: 'run' | 'span', filter: Filter): Promise<string[]> {
  const query = { ...ORDER, filter };
  const { rows } = of === 'run' ? await archive.runs(query) : await archive.spans(query);
  return rows.map((row) => ('spanId' in row ? row.spanId : row.traceId)).sort();
}

function scan(commits: readonly RunCommit[], of: 'run' | 'span', filter: Filter): string[] {
  const ids = commits.flatMap(({ run, spans }) => {
    if (of === 'span')
      return spans
        .filter(({ row, searchText }) => matchesSpan(filter, row, searchText))
        .map(({ row }) => row.spanId);
    const texts = spans.map(({ searchText }) => searchText);
    return matchesRun(filter, run, texts) ? [run.traceId] : [];
  });
  return ids.sort();
}

describe.each(ARCHIVES)(`filters on $name (SEED=${SEED})`, ({ open }) => {
  it.each(KINDS)('compares every field of a %s, those it does not have too', async (of) => {
    const archive = await open();
    const { commits } = await fill(archive, seededRandom(SEED), FEW);
    const traceIds = commits.slice(0, 3).map(({ streamId }) => streamId);
    for (const field of Object.keys(QUERY_FIELDS) as QueryField[]) {
      const found = await compareAll(archive, commits, of, comparisonsOf(field, traceIds));
      expect(found, `rows found by ${field}`).toBeGreaterThan(0);
    }
  });

  it('compares attributes as text, as numbers, and by whether they are there', async () => {
    const archive = await open();
    const { commits } = await fill(archive, seededRandom(SEED), FEW);
    const filters = attributeComparisons();
    expect(await compareAll(archive, commits, 'span', filters)).toBeGreaterThan(filters.length);
    // A run has no attributes: what is not equal is all there is.
    await compareAll(archive, commits, 'run', filters.slice(0, 60));
  });

  it('joins conditions by and, or and not, with two truth values', async () => {
    const archive = await open();
    const random = seededRandom(SEED);
    const { commits } = await fill(archive, random, FEW);
    for (const of of KINDS) {
      const filters = Array.from({ length: ANY_FILTERS }, () => anyFilter(random, of));
      expect(await compareAll(archive, commits, of, filters)).toBeGreaterThan(ANY_FILTERS);
    }
  });

  it('finds phrases: words next to each other, whatever stands between them', async () => {
    const archive = await open();
    const random = seededRandom(SEED);
    const { commits } = await fill(archive, random, FEW);
    const phrases = [
      ...WORDS,
      ...WORDS.map((word) => word.toUpperCase()),
      ...Array.from({ length: 60 }, (_, i) => phrase(random, 2 + (i % 3))),
      // Parts of what is there, which must be found, longer than two words too.
      ...commits.map(({ spans }) => spans[0]?.searchText.slice(0, 30) ?? ''),
      ...NOT_QUITE,
    ];
    const filters = phrases.map((each): Filter => ({ kind: 'text', phrase: each }));
    for (const of of KINDS)
      expect(await compareAll(archive, commits, of, filters)).toBeGreaterThan(50);
  });
});
