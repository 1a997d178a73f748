import type { Filter } from '@spantail/protocol';
import type { StatsQuery, StatsRow } from 'spantail';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../support/generate-run.ts';
import { ARCHIVES } from './archives.ts';
import { anyFilter } from './generate-filters.ts';
import { fill, SEED } from './generate-rows.ts';
import { archived, commitOf, entriesFrom, newTrace, spanRow } from './samples.ts';

const GROUPS = [undefined, 'agent', 'model', 'name', 'type', 'service'] as const;

/** Sums of money depend on the order in which they are added. */
function rounded(rows: StatsRow[]): StatsRow[] {
  return rows.map((row) => ({ ...row, costUsd: Number(row.costUsd.toPrecision(7)) }));
}

describe.each(ARCHIVES)(`figures of $name (SEED=${SEED})`, ({ open }) => {
  it('counts, sums and ranks by group and time, the largest groups only', async () => {
    const archive = await open();
    const random = seededRandom(SEED);
    const { oracle } = await fill(archive, random, { runs: 40, spans: 6 });
    const filters: (Filter | undefined)[] = [undefined];
    for (let i = 0; i < 2; i++) filters.push(anyFilter(random, 'span'));
    for (const by of GROUPS)
      for (const everyUs of [undefined, 1, 1_000_000])
        for (const limit of [1, 4, 1_000])
          for (const filter of filters) {
            const query: StatsQuery = {
              project: 'default',
              limit,
              ...(by && { by }),
              ...(everyUs && { everyUs }),
              ...(filter && { filter }),
            };
            const wanted = rounded(await oracle.stats(query));
            expect(rounded(await archive.stats(query)), JSON.stringify(query)).toEqual(wanted);
          }
  });

  it('gives percentiles that are durations, by nearest rank', async () => {
    const archive = await open();
    const traceId = newTrace();
    const durations = Array.from({ length: 200 }, (_, i) => (i + 1) * 10);
    const spans = durations.map((durationUs) => archived(spanRow(traceId, { durationUs })));
    await archive.commit([commitOf(traceId, entriesFrom(1, 1), { spans })]);
    const [row] = await archive.stats({ project: 'default', limit: 10 });
    expect(row).toMatchObject({ count: 200, p50Us: 1_000, p95Us: 1_900, p99Us: 1_980 });
  });

  it('counts lost spans among the errors, and open ones without a duration', async () => {
    const archive = await open();
    const traceId = newTrace();
    const {
      durationUs: _,
      endUs: __,
      ...open_
    } = spanRow(traceId, { state: 'open', status: 'unset' });
    const spans = [
      archived(open_),
      archived(spanRow(traceId, { state: 'lost', status: 'unset', durationUs: 30 })),
      archived(spanRow(traceId, { status: 'error', durationUs: 10, inputTokens: 3 })),
      archived(spanRow(traceId, { durationUs: 20, costUsd: 0.5 })),
    ];
    await archive.commit([commitOf(traceId, entriesFrom(1, 1), { spans })]);
    expect(await archive.stats({ project: 'default', limit: 10 })).toEqual([
      {
        count: 4,
        errors: 2,
        p50Us: 20,
        p95Us: 30,
        p99Us: 30,
        inputTokens: 3,
        outputTokens: 0,
        costUsd: 0.5,
      },
    ]);
  });

  it('has no figures of a project that has no spans', async () => {
    const archive = await open();
    expect(await archive.stats({ project: 'nobody', by: 'agent', limit: 10 })).toEqual([]);
  });
});
