import { beforeAll, describe, expect, it } from 'vitest';
import { HELP } from '../../../server/src/cli/help.ts';
import { MemoryArchive } from '../../support/memory-archive.ts';
import { startTestGateway } from '../../support/gateway.ts';
import { fillArchive } from '../../support/query/fill-archive.ts';
import { sampleRuns, spanId, traceId } from '../../support/query/sample-runs.ts';
import { runCli, type CliResult } from '../../support/run-cli.ts';

const archive = new MemoryArchive();
beforeAll(() => fillArchive(archive, sampleRuns(30)));

async function ask(args: string[], columns = 120): Promise<CliResult> {
  const { url } = await startTestGateway({ archive });
  return runCli(args, { env: { SPANTAIL_URL: url, COLUMNS: String(columns), TZ: 'UTC' } });
}

const rowsOf = (out: string): string[] => out.trimEnd().split('\n').slice(1);
const linesOf = (out: string): Record<string, unknown>[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('spantail runs', () => {
  it('shows the newest runs in a table, and that there are more', async () => {
    const { code, out, error } = await ask(['runs', '--limit', '3']);
    expect({ code, error }).toEqual({
      code: 0,
      error: 'there are more; --limit 15 shows more of them\n',
    });
    expect(out).toMatch(
      /^TRACE ID +STATUS +STARTED +NAME +STEPS +FAILED +TOKENS +COST +DURATION\n/,
    );
    expect(rowsOf(out)).toHaveLength(3);
    expect(rowsOf(out)[1]).toMatch(
      new RegExp(`^${traceId(29)}  ✔ ok +11-26 12:29:00  trip 29 +3 +2.9k → 29 +\\$0.29 +29.0 s$`),
    );
    expect(out).not.toContain('\u001B');
  });

  it.each([80, 100, 200])('fits %i columns, whole ids in them', async (columns) => {
    const answers = await Promise.all(['runs', 'spans'].map((command) => ask([command], columns)));
    for (const { out } of answers) {
      for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
      expect(out).toContain(traceId(30));
    }
  });

  it('filters, sorts, and pages behind the scenes', async () => {
    const { out, error } = await ask([
      'runs',
      '--status',
      'error',
      '-q',
      'cost:>0.1',
      '--sort',
      '-cost',
      '--json',
      '--limit',
      '1500',
    ]);
    expect(error).toBe('');
    expect(linesOf(out).map((run) => run['name'])).toEqual(
      [28, 26, 24, 22, 20, 18, 16, 14, 12].map((n) => `trip ${n}`),
    );
    const none = await ask(['runs', '--name', 'nothing*']);
    expect(none).toEqual({ code: 0, out: '', error: 'no runs\n' });
  });
});

describe('spantail spans, show, path and stats', () => {
  it('finds failed spans by duration', async () => {
    const { code, out } = await ask([
      'spans',
      '--status',
      'error',
      '--sort',
      '-duration',
      '--limit',
      '2',
    ]);
    expect(code).toBe(0);
    expect(rowsOf(out).map((line) => line.slice(0, 55).trim())).toEqual(
      [30, 28].map((n) => `${traceId(n)}  ${spanId(3)}  ✖`),
    );
    const json = await ask([
      'spans',
      '--type',
      'model',
      '-q',
      '-@gen_ai.request.temperature:<3',
      '--json',
    ]);
    expect(linesOf(json.out).map((span) => span['name'])).toEqual(['chat']);
    expect(json.out).toMatch(/"parts":\["[0-9a-f]{32}",/);
  });

  it('shows a run as a tree, with tokens, cost and durations', async () => {
    const { code, out, error } = await ask(['show', traceId(8)]);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    const lines = out.trimEnd().split('\n');
    expect(lines.slice(0, 2)).toEqual([
      '✖ error  trip 8  3 steps · 1 failed · 800 → 8 tokens · $0.08 · 8.0 s',
      `${traceId(8)} · started 11-26 12:08:00 · travel · agent Planner · session session-0`,
    ]);
    expect(lines[2]).toMatch(/^✔ trip 8 {2}agent +8\.0 s$/);
    expect(lines[3]).toMatch(
      /^└─ ✔ chat {2}model {2}Take the night train\. +800 → 8 tokens {2}\$0\.08 +4\.0 s$/,
    );
    expect(lines[4]).toMatch(
      /^ {3}└─ ✖ search_trains {2}tool {2}HTTPError: rate limit of 10\/s +8 ms$/,
    );
    const json = linesOf((await ask(['show', traceId(8), '--json'])).out);
    expect(json.map((row) => row['spanId'])).toEqual([undefined, spanId(1), spanId(2), spanId(3)]);
    expect(json[0]).toMatchObject({ traceId: traceId(8), spanCount: 3 });
    const open = await ask(['show', traceId(30)]);
    expect(open.out).toMatch(
      /^● running {2}trip 30 {2}3 steps · 1 open · 1 failed .*…\n.*\n● trip 30/,
    );
  });

  it('walks from a span to the root', async () => {
    const { code, out } = await ask(['path', traceId(8), spanId(3)]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^✖ error {2}search_trains .*\n {4}failed {2}HTTPError: rate limit of 10\/s\n {4}given {3}Basel\n {4}gave {4}train number 8\n✔ ok {2}chat .*\n {4}given {3}.*…\n {4}gave {4}Take the night train\.\n✔ ok {2}trip 8 .*\n$/,
    );
    const full = await ask(['path', traceId(8), spanId(2), '--full']);
    expect(full.out).toMatch(/"content": "Which trains go to Basel\?"/);
    const json = linesOf((await ask(['path', traceId(8), spanId(3), '--json'])).out);
    expect(json.map((step) => step['name'])).toEqual(['search_trains', 'chat', 'trip 8']);
    expect(json[0]).toMatchObject({ output: { value: 'train number 8' } });
  });

  it('sums up by model and time', async () => {
    const { out } = await ask(['stats', '--by', 'model', '--type', 'model', '--every', '1h']);
    expect(rowsOf(out).map((line) => line.replace(/ +/g, ' '))).toEqual([
      '11-26 12:00:00 claude-opus-4-6 20 7.0 s 14.0 s 14.5 s 30.0k 300 $3.00',
      '11-26 12:00:00 gpt-5.2 10 7.5 s 15.0 s 15.0 s 16.5k 165 $1.65',
    ]);
    const tools = linesOf((await ask(['stats', '--by', 'name', '--type', 'tool', '--json'])).out);
    expect(tools).toMatchObject([{ group: 'search_trains', count: 30, errors: 15 }]);
  });
});

const WRONG: [args: string[], code: number, text: RegExp][] = [
  [
    ['spans', '-q', 'type:tool duration:>5'],
    2,
    /^spantail spans: q: "duration" is a duration .*\n {2}type:tool duration:>5\n {22}\^\n\nSee: spantail help spans\n$/,
  ],
  [
    ['runs', '--status', 'done'],
    2,
    /^spantail runs: status: "status" is one of running, ok, error, lost, not "done"/,
  ],
  [['runs', '--type', 'tool'], 2, /^spantail runs: Unknown option '--type'/],
  [['runs', '--sort', 'name'], 2, /^spantail runs: sort: it is one of -start, /],
  [['runs', '--limit', '0'], 2, /^spantail runs: --limit is a whole number from 1 on/],
  [['runs', 'x'], 2, /^spantail runs: Unexpected argument 'x'/],
  [['runs', '--limit'], 2, /^spantail runs: Option '--limit <value>' argument missing/],
  [['stats', '--by', 'color'], 2, /^spantail stats: by: it is one of agent, /],
  [['show'], 2, /^spantail show: say which run: a TRACE_ID/],
  [['show', 'xyz'], 2, /^spantail show: "xyz" is not a trace id/],
  [['path', traceId(1)], 2, /^spantail path: say which span/],
  [['path', traceId(1), 'x'], 2, /^spantail path: "x" is not a span id/],
  [['show', traceId(99)], 1, /^spantail show: there is no run 0+63 in the record\n$/],
  [['path', traceId(1), spanId(9)], 1, /^spantail path: run 0+1 has no span 0+9\n$/],
  [
    ['runs', '--url', 'http://127.0.0.1:1'],
    1,
    /^spantail runs: no gateway answers at http:\/\/127\.0\.0\.1:1; start one with: spantail serve/,
  ],
];

describe('what cannot be answered', () => {
  it('is said on standard error, with the exit code of its kind', async () => {
    const { url } = await startTestGateway({ archive });
    const results = await Promise.all(
      WRONG.map(([args]) => runCli(args, { env: { SPANTAIL_URL: url } })),
    );
    for (const [i, [args, code, text]] of WRONG.entries()) {
      expect(results[i], args.join(' ')).toMatchObject({ code, out: '' });
      expect(results[i]?.error).toMatch(text);
    }
  });
});

it.each(['runs', 'show', 'spans', 'path', 'stats'])('help of %s fits 100 columns', (name) => {
  const help = HELP[name] ?? '';
  expect(help).toMatch(new RegExp(`^spantail ${name} .*Exit code: 0 done`, 's'));
  for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
});
