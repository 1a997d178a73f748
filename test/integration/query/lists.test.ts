import { SORT_FIELDS, sortValue, type RunRow, type SpanRow } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { MemoryArchive } from '../../support/memory-archive.ts';
import { ARCHIVES } from '../../contract/archive/archives.ts';
import { startArchiveGateway } from '../../support/query/archive-gateway.ts';
import { changeRun, fillArchive } from '../../support/query/fill-archive.ts';
import { runRow, spanRow } from '../../support/query/rows.ts';
import { SAMPLE_START_US, sampleRuns, spanId, traceId } from '../../support/query/sample-runs.ts';

interface Runs {
  runs: RunRow[];
  next?: string;
}
interface Spans {
  spans: SpanRow[];
  next?: string;
}

const numbers = (rows: { traceId: string }[]): number[] =>
  rows.map((row) => Number.parseInt(row.traceId, 16));

const OWN_SORTS = { '/runs': ['-activity', 'spans', '-errors', 'errors'], '/spans': [] } as const;

/** PostgreSQL answers alike: its suite compares it with the one in memory. */
const EMBEDDED = ARCHIVES.filter(({ name }) => !/postgres/i.test(name));

describe.each(EMBEDDED)('lists of $name', ({ open }) => {
  it('[Q13] are newest first, by any sort in both directions, rows without a value last', async () => {
    const { get } = await startArchiveGateway(sampleRuns(12), await open());
    const newest = await get<Runs>('/runs');
    expect(newest).toMatchObject({ status: 200, type: 'application/json; charset=utf-8' });
    expect(numbers(newest.body.runs)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(newest.body.next).toBeUndefined();
    for (const of of ['run', 'span'] as const)
      for (const sort of SORT_FIELDS[of])
        for (const sign of ['', '-']) {
          const query = { sort: sign + sort, limit: '1000' };
          const { body } = await get<Runs & Spans>(`/${of}s`, query);
          const rows = of === 'run' ? body.runs : body.spans;
          expect(rows).toHaveLength(of === 'run' ? 12 : 36);
          const values = rows.map((row) => sortValue(row, sort));
          const known = values.filter((value) => value !== undefined);
          expect(values.slice(0, known.length)).toEqual(
            known.toSorted((a, b) => (sign === '-' ? b - a : a - b)),
          );
        }
  });

  it('[Q9] take fields as parameters and a filter, and all must match', async () => {
    const { get } = await startArchiveGateway(sampleRuns(12), await open());
    const runs = async (parameters: Record<string, string>) =>
      numbers((await get<Runs>('/runs', parameters)).body.runs);
    expect(await runs({ status: 'error' })).toEqual([10, 8, 6, 4, 2]);
    expect(await runs({ status: 'running' })).toEqual([12]);
    expect(await runs({ status: 'error', q: 'model:gpt*' })).toEqual([6]);
    expect(await runs({ q: 'status:error OR tokens:>1.1k', agent: 'planner' })).toEqual([
      12, 10, 8, 6, 4, 2,
    ]);
    expect(await runs({ tag: 'load test' })).toEqual([10, 5]);
    expect(await runs({ duration: '2s..3s' })).toEqual([3, 2]);
    expect(await runs({ q: '"rate limit"', start: '>2026-11-26T12:05' })).toEqual([12, 10, 8, 6]);
    expect(await runs({ q: '' })).toHaveLength(12);
    const spans = await get<Spans>('/spans', {
      '@stream': 'true',
      'attr.gen_ai.request.temperature': '>1',
    });
    expect(numbers(spans.body.spans)).toEqual([12, 11]);
  });

  it.each(['/runs', '/spans'] as const)(
    '[Q14] %s: following next gives each row once, in order, whatever the sort and the page size',
    async (path) => {
      const { get } = await startArchiveGateway(sampleRuns(9), await open());
      for (const sort of ['-start', 'cost', '-duration', 'tokens', ...OWN_SORTS[path]])
        for (const limit of ['2', '9', '27']) {
          const whole = await get<Runs & Spans>(path, { sort, limit: '1000' });
          const paged: object[] = [];
          let next: string | undefined;
          do {
            const { status, body } = await get<Runs & Spans>(path, {
              sort,
              limit,
              ...(next === undefined ? {} : { next }),
            });
            expect(status).toBe(200);
            const rows = body.runs ?? body.spans;
            expect(rows.length).toBeLessThanOrEqual(Number(limit));
            paged.push(...rows);
            next = body.next;
          } while (next !== undefined);
          expect(paged).toEqual(whole.body.runs ?? whole.body.spans);
        }
    },
  );

  it('[Q14] a row that comes meanwhile moves no other one', async () => {
    const { get, archive } = await startArchiveGateway(sampleRuns(6), await open());
    const first = await get<Runs>('/runs', { limit: '3' });
    await fillArchive(archive, sampleRuns(8).slice(6));
    const second = await get<Runs>('/runs', { limit: '3', next: first.body.next ?? '' });
    expect(numbers([...first.body.runs, ...second.body.runs])).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it('[Q14] a run that others are active after keeps those of the next page in their places', async () => {
    const runs = sampleRuns(6);
    const { get, archive } = await startArchiveGateway(runs, await open());
    const query = { sort: '-activity', limit: '3' };
    const first = await get<Runs>('/runs', query);
    expect(numbers(first.body.runs)).toEqual([6, 5, 4]);
    // The first of the page is so again.
    const newest = runs[5];
    if (newest === undefined) throw new Error('there are runs');
    const lastActivityUs = newest.run.lastActivityUs + 60_000_000;
    await changeRun(archive, { ...newest, run: { ...newest.run, lastActivityUs } });
    const second = await get<Runs>('/runs', { ...query, next: first.body.next ?? '' });
    expect(numbers(second.body.runs)).toEqual([3, 2, 1]);
    const again = await get<Runs>('/runs', query);
    expect(again.body.runs[0]).toMatchObject({ traceId: newest.run.traceId, lastActivityUs });
  });

  it('[Q13] only runs are ordered by what runs alone have', async () => {
    const { get } = await startArchiveGateway(sampleRuns(1), await open());
    for (const sort of OWN_SORTS['/runs']) {
      expect((await get('/runs', { sort })).status).toBe(200);
      expect(await get('/spans', { sort })).toMatchObject({
        status: 400,
        body: { code: 'QUERY_INVALID', parameter: 'sort' },
      });
    }
  });

  it('[Q14] a relative time means the same on every page', async () => {
    const nowUs = Date.now() * 1_000;
    const runs = [1, 2, 3].map((n) => ({
      run: runRow({ traceId: traceId(n), startUs: nowUs - 1_000_000 * n }),
      spans: [],
    }));
    const { get } = await startArchiveGateway(runs, await open());
    const query = { q: 'start:>-1h', limit: '2' };
    const { body } = await get<Runs>('/runs', query);
    // The token says when the first page was asked for.
    const parts = JSON.parse(Buffer.from(body.next ?? '', 'base64url').toString()) as unknown[];
    parts[1] = nowUs + 3_600_000_000 - 2_500_000;
    const next = Buffer.from(JSON.stringify(parts)).toString('base64url');
    expect((await get<Runs>('/runs', { ...query, next })).body.runs).toEqual([]);
    expect((await get<Runs>('/runs', { ...query, next: body.next ?? '' })).body.runs).toHaveLength(
      1,
    );
  });

  it('[Q15] an answer is bounded in bytes, and says how it goes on', async () => {
    const outputText = 'x'.repeat(1_000_000);
    const spans = Array.from({ length: 30 }, (_, i) => ({
      row: spanRow({ traceId: traceId(1), spanId: spanId(i + 1), startUs: i, outputText }),
      searchText: '',
    }));
    const { get } = await startArchiveGateway(
      [{ run: runRow({ traceId: traceId(1) }), spans }],
      await open(),
    );
    for (const path of ['/spans', `/runs/${traceId(1)}/spans`]) {
      const seen: string[] = [];
      let next: string | undefined;
      do {
        const { body } = await get<Spans>(path, next === undefined ? {} : { next });
        expect(body.spans.length).toBeLessThan(10);
        seen.push(...body.spans.map((row) => row.spanId));
        next = body.next;
      } while (next !== undefined);
      expect(seen.toSorted()).toEqual(spans.map(({ row }) => row.spanId));
    }
  });
});

describe('statistics', () => {
  it.each(EMBEDDED)(
    '[Q19] of $name count spans, failures, durations, tokens and cost, by group and time slot',
    async ({ open }) => {
      const { get, archive } = await startArchiveGateway(sampleRuns(12), await open());
      const stats = async (parameters: Record<string, string>) =>
        (await get<{ stats: Record<string, unknown>[] }>('/stats', parameters)).body.stats;
      expect(await stats({ type: 'model' })).toEqual([
        {
          count: 12,
          errors: 0,
          p50Us: 3_000_000,
          p95Us: 6_000_000,
          p99Us: 6_000_000,
          inputTokens: 7_800,
          outputTokens: 78,
          costUsd: expect.closeTo(0.78) as number,
        },
      ]);
      const byModel = await stats({ by: 'model', q: 'type:model' });
      expect(byModel.map(({ group, count }) => [group, count])).toEqual([
        ['claude-opus-4-6', 8],
        ['gpt-5.2', 4],
      ]);
      const byTool = await stats({ by: 'name', type: 'tool', every: '5m' });
      expect(byTool.map(({ slotUs, count, errors }) => [slotUs, count, errors])).toEqual([
        [SAMPLE_START_US, 4, 2],
        [SAMPLE_START_US + 300_000_000, 5, 2],
        [SAMPLE_START_US + 600_000_000, 3, 2],
      ]);
      expect(await stats({ by: 'agent', limit: '1' })).toHaveLength(1);
      expect(await archive.stats({ project: 'other', limit: 10 })).toEqual([]);
    },
  );

  it('[Q19] with too many slots are refused', async () => {
    const archive = new MemoryArchive();
    archive.stats = () =>
      Promise.resolve(
        Array.from({ length: 10_001 }, () => ({
          count: 1,
          errors: 0,
          inputTokens: 0,
          outputTokens: 0,
          costUsd: 0,
        })),
      );
    const { get } = await startArchiveGateway([], archive);
    expect(await get('/stats', { every: '1s' })).toMatchObject({
      status: 400,
      body: { code: 'QUERY_INVALID', parameter: 'every' },
    });
  });
});
