import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { SpantailError } from '@spantail/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadRuns, playFiles } from '../../../server/src/play/index.ts';
import { EventLedger, eventProblems } from '../../support/play/event-ledger.ts';
import { RUNS_FOLDER } from '../../support/play/fixture.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spantail-play-'));
});
afterEach(async () => rm(folder, { recursive: true }));

async function put(name: string, data: string | Buffer): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, data);
  return file;
}

/** The one error that playing these files gives; nothing may have been published. */
async function failure(...paths: string[]): Promise<SpantailError> {
  const ledger = new EventLedger();
  const error: unknown = await playFiles(paths, { speed: 'max' }, ledger).catch((e: unknown) => e);
  expect(ledger.events).toEqual([]);
  if (!(error instanceof SpantailError)) throw new Error(`not a SpantailError: ${String(error)}`);
  return error;
}

describe('a folder of runs', () => {
  it('is played whole, each run a trace of its own, licences and sub-agents passed over', async () => {
    const ledger = new EventLedger();
    const started: string[] = [];
    const played = await playFiles(
      [RUNS_FOLDER],
      { speed: 'max', onStart: ({ name, format }) => started.push(`${format} ${name}`) },
      ledger,
    );
    expect(started).toEqual([
      'claude-code short',
      'claude-code sub-agent',
      'claude-code tool-heavy',
      'otel-json web-research-ev-battery',
      'mini-swe-agent psf__requests-1766',
      'otel-json langgraph-multi-agent',
    ]);
    expect(played.map(({ spans }) => spans)).toEqual([4, 75, 11, 17, 51, 43]);
    for (const { traceId, events } of played) {
      expect(ledger.of(traceId)).toHaveLength(events);
      expect(eventProblems(ledger.of(traceId))).toEqual([]);
    }
  });

  it('without a single run is an error', async () => {
    await put('LICENSE', 'MIT');
    await put('other.json', '{"a": 1}');
    expect((await failure(folder)).message).toMatch(
      /there are no recorded runs here \(known formats: langfuse, claude-code, .*\)$/,
    );
  });
});

describe('a file that cannot be played is one error that names the place, and nothing is published', () => {
  const fixtureText = async (path: string): Promise<string> => {
    const bytes = await readFile(join(RUNS_FOLDER, path));
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  };

  it('missing', async () => {
    const file = join(folder, 'nowhere.jsonl');
    expect(await failure(file)).toMatchObject({ code: 'NOT_FOUND' });
    expect((await failure(file)).message).toContain(file);
  });

  it('empty, binary, or of no known format', async () => {
    expect((await failure(await put('a', ''))).message).toMatch(/the file is empty$/);
    const binary = await put('b', Buffer.from([0xff, 0xfe, 0x00]));
    expect((await failure(binary)).message).toMatch(/not UTF-8 text/);
    const unknown = await put('c.json', '{"some": "thing"}');
    expect((await failure(unknown)).message).toMatch(
      /not a run of a known format \(langfuse, claude-code, mini-swe-agent, jaeger, otlp-json, otel-json\)$/,
    );
  });

  it('a session log cut off amid its last line', async () => {
    const text = await fixtureText('claude-code/short.jsonl');
    const file = await put('s.jsonl', text.slice(0, text.lastIndexOf('"uuid"')));
    expect(await failure(file)).toMatchObject({
      code: 'BAD_MESSAGE',
      message: expect.stringMatching(/s\.jsonl, line 15: the file is cut off here/),
    });
  });

  it('a session log with a damaged line in the middle', async () => {
    const lines = (await fixtureText('claude-code/short.jsonl')).split('\n');
    lines[6] = lines[6]?.slice(0, 100) ?? '';
    const file = await put('s.jsonl', lines.join('\n'));
    expect((await failure(file)).message).toMatch(/s\.jsonl, line 7: not valid JSON$/);
  });

  it("a session whose sub-agent's file is cut off", async () => {
    const text = await fixtureText('claude-code/short.jsonl');
    const file = await put('s.jsonl', text);
    const subAgents = join(folder, 's', 'subagents');
    await mkdir(subAgents, { recursive: true });
    await writeFile(join(subAgents, 'agent-a1.jsonl'), '{"type":"user","uu');
    expect((await failure(file)).message).toMatch(/agent-a1\.jsonl, line 1: the file is cut off/);
  });

  it.each([
    'monocle/langgraph-multi-agent.json.gz',
    'mini-swe-agent/psf__requests-1766.traj.json.gz',
  ])('%s cut off anywhere', async (path) => {
    const text = await fixtureText(path);
    for (const share of [0.3, 0.5, 0.9]) {
      const file = await put('run.json', text.slice(0, Math.floor(text.length * share)));
      expect((await failure(file)).message).toMatch(
        /run\.json, line \d+, column \d+: the file is cut off here/,
      );
    }
  });

  it('a gzip file cut off, or damaged', async () => {
    const packed = gzipSync(await fixtureText('claude-code/short.jsonl'));
    const cut = await put('cut.jsonl.gz', packed.subarray(0, packed.length - 100));
    expect((await failure(cut)).message).toMatch(/byte \d+ of the gzip data: the file is cut off/);
    const damaged = Buffer.from(packed);
    damaged.fill(0, 200, 300);
    expect((await failure(await put('bad.gz', damaged))).message).toMatch(/gzip data is damaged/);
  });

  it('one bad file among good ones keeps all of them from playing', async () => {
    const bad = await put('bad.jsonl', '{"type":"user","sessionId":"x"');
    const good = join(RUNS_FOLDER, 'claude-code/short.jsonl');
    expect((await failure(good, bad)).message).toMatch(/bad\.jsonl, line 1/);
  });

  it('a span or a message without its fields', async () => {
    const span = await put('spans.json', '[{"context": {"trace_id": "0x0", "span_id": "1"}}]');
    expect((await failure(span)).message).toMatch(/spans\.json, span 1: `start_time` is missing/);
    const run = await put('t.json', '{"mini_version": 1, "messages": [{"role": "user"}]}');
    expect((await failure(run)).message).toMatch(/messages\[0\]: a message must have/);
  });
});

describe('loadRuns', () => {
  it('reads plain and packed files alike', async () => {
    const text = await readFile(join(RUNS_FOLDER, 'claude-code/short.jsonl'));
    const plain = await put('short.jsonl', text);
    const packed = await put('packed.jsonl.gz', gzipSync(text));
    const [a, b] = await loadRuns([plain, packed]);
    expect(b?.run.actions).toEqual(a?.run.actions);
    expect(b?.run.name).toBe('packed');
  });
});
