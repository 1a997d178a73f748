import type { Filter } from '@spantail/protocol';
import type { Archive, PageQuery } from 'spantail';
import { ArchiveRuns } from './archive-runs.ts';
import { grouped, quantile, round } from './statistics.ts';

const RUNS_A_COMMIT = 20;
const ROUNDS = 100;

const NEWEST = { project: 'default', sort: 'start', descending: true, limit: 50 } as const;

/** Commits runs until there are so many spans, and says how fast that was; the runs' ids. */
export async function fillArchive(
  archive: Archive,
  spans: number,
  bytesOnDisk: () => number | Promise<number>,
): Promise<string[]> {
  const runs = new ArchiveRuns();
  const traceIds: string[] = [];
  let done = 0;
  let [wallMs, cpuMs, slowestMs] = [0, 0, 0];
  while (done < spans) {
    const commits = runs.next(RUNS_A_COMMIT);
    const cpu = process.cpuUsage();
    const begin = performance.now();
    await archive.commit(commits);
    const tookMs = performance.now() - begin;
    const { user, system } = process.cpuUsage(cpu);
    wallMs += tookMs;
    cpuMs += (user + system) / 1_000;
    slowestMs = Math.max(slowestMs, tookMs);
    for (const { streamId, spans } of commits) {
      traceIds.push(streamId);
      done += spans.length;
    }
  }
  const bytes = await bytesOnDisk();
  console.log(
    `  ${grouped(done)} spans: ${grouped(done / (wallMs / 1_000))} spans/s by the clock, ` +
      `${grouped(done / (cpuMs / 1_000))} by processor time of all threads, ` +
      `slowest commit of ${RUNS_A_COMMIT} runs ${round(slowestMs, 0)} ms\n` +
      `  ${round(bytes / done, 0)} bytes/span on disk, ${megabytes(bytes)} MB in all; ` +
      `memory of the process: ${megabytes(process.memoryUsage.rss())} MB`,
  );
  return traceIds;
}

/** Asks what people ask, again and again, and prints how long the answers took. */
export async function askArchive(archive: Archive, traceIds: readonly string[]): Promise<void> {
  let turn = 0;
  const any = (): string => traceIds[(turn++ * 7_919) % traceIds.length] ?? '';
  const spans =
    (filter: Filter, rest: Partial<PageQuery<'span'>> = {}) =>
    () =>
      archive.spans({ ...NEWEST, filter, ...rest });
  const failed: Filter = { kind: 'field', field: 'status', operator: '=', value: 'error' };
  const phrase = (phrase: string): Filter => ({ kind: 'text', phrase });
  const queries: [string, () => Promise<unknown>, number?][] = [
    ['newest runs', () => archive.runs(NEWEST)],
    ['newest spans', () => archive.spans(NEWEST)],
    ['failed spans by duration', spans(failed, { sort: 'duration' })],
    ['newest failed spans', spans(failed)],
    ["one run's tree", () => archive.runSpans({ project: 'default', streamId: any() }, 1_000)],
    [
      "one run's events",
      () =>
        archive.read(
          { project: 'default', streamId: any() },
          { after: '0-0', maxEntries: 1_000, maxBytes: 1e6 },
        ),
    ],
    ['spans with a common word', spans(phrase('w1'))],
    ['spans with a seldom word', spans(phrase(`w${(19_999).toString(36)}`))],
    ['spans with a phrase', spans(phrase('w1 w2 w3'))],
    ['spans with a middling phrase', spans(phrase('w5 w9'))],
    ['failed spans with a common word', spans({ kind: 'and', of: [failed, phrase('w1')] })],
    ['runs with a common word', () => archive.runs({ ...NEWEST, filter: phrase('w1') })],
    [
      'runs with a seldom word',
      () => archive.runs({ ...NEWEST, filter: phrase(`w${(19_999).toString(36)}`) }),
    ],
    [
      'spans of an agent',
      spans({ kind: 'field', field: 'agent', operator: '=', value: 'planner' }),
    ],
    [
      'spans of no agent',
      spans({ kind: 'field', field: 'agent', operator: '=', value: 'nobody' }),
      3,
    ],
    ['stats by model', () => archive.stats({ project: 'default', by: 'model', limit: 10 }), 3],
  ];
  const rows: Record<string, string | number>[] = [];
  for (const [query, ask, rounds = ROUNDS] of queries) {
    const samples: number[] = [];
    for (let i = 0; i < rounds; i++) {
      const begin = performance.now();
      await ask();
      samples.push(performance.now() - begin);
    }
    const [p50, p95] = [quantile(samples, 0.5), quantile(samples, 0.95)];
    rows.push({ query, rounds, 'p50 ms': round(p50), 'p95 ms': round(p95) });
  }
  console.table(rows);
}

export function megabytes(bytes: number): string {
  return grouped(bytes / 1e6);
}
