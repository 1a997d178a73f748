import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@spantail/client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { RUNS_FOLDER } from '../../support/play/fixture.ts';
import { runCli } from '../../support/run-cli.ts';
import { startTestGateway } from '../../support/gateway.ts';

const TRACE_ID = 'ab'.repeat(16);
const SHORT = join(RUNS_FOLDER, 'claude-code/short.jsonl');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'spantail-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('help', () => {
  it.each([
    [['help'], /spantail serve .*spantail watch .*spantail play /s],
    [['--help'], /spantail: tail -f for AI-agent runs/],
    [['help', 'play'], /^spantail play FILE… .*--speed N\|max .*Exit code: 0 /s],
    [['play', '--help'], /^spantail play FILE…/],
    [['watch', '-h'], /^spantail watch TRACE_ID.*--full .*Exit code: 0 /s],
    [['help', 'serve'], /^spantail serve .*--redis URL/s],
    [['--version'], /^spantail \d+\.\d+\.\d+\n$/],
  ])('%j is on standard output, exit code 0', async (args, text) => {
    const { code, out, error } = await runCli(args);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toMatch(text);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});

describe('wrong usage is exit code 2, on standard error, with the way out', () => {
  it.each<[string[], RegExp]>([
    [[], /^spantail: tail -f/],
    [['wtach'], /^spantail: there is no command "wtach"\.\n\n.*spantail watch /s],
    [['help', 'wtach'], /^spantail: there is no command "wtach"/],
    [['constructor'], /^spantail: there is no command "constructor"/],
    [['help', '__proto__'], /^spantail: there is no command "__proto__"/],
    [['--nope'], /^spantail: there is no command "--nope"/],
    [['play'], /^spantail play: name the FILE, or folder, to play\n\nSee: spantail help play\n$/],
    [['play', '--nope', 'x'], /^spantail play: Unknown option '--nope'\n\nSee: /],
    [['play', 'x', '--speed'], /^spantail play: Option '--speed <value>' argument missing/],
    ...['0', '-1', 'abc', '', '1e9'].map((speed): [string[], RegExp] => [
      ['play', 'x', `--speed=${speed}`],
      /^spantail play: --speed is a positive number or "max", not ".*"\n/,
    ]),
    [['play', '--follow', 'a', 'b'], /--follow takes one FILE at a time/],
    [['play', 'x', '--to', 'ftp://x'], /"ftp:\/\/x" is not an address to publish to; write http/],
    [['play', 'x', '--to', ''], /"" is not an address to publish to/],
    [['watch'], /^spantail watch: say which run: a TRACE_ID, --latest, or --next\n/],
    [['watch', TRACE_ID, '--latest'], /say which run: a TRACE_ID, --latest, or --next/],
    [['watch', '--latest', '--next'], /say which run: a TRACE_ID, --latest, or --next/],
    [['watch', TRACE_ID, TRACE_ID], /one TRACE_ID at a time/],
    [['watch', TRACE_ID.toUpperCase()], /is not a trace id: 32 lower-case hex digits/],
    [['watch', '0'.repeat(32)], /is not a trace id/],
    [['watch', 'x'.repeat(10_000)], /^spantail watch: "x{80}" is not a trace id/],
    [['watch', '--latest', '--url', 'redis://x'], /"redis:\/\/x" is not a gateway's address/],
    [['watch', '--latest', '--full'], /--full is for --json/],
    [['serve', '--port', '99999'], /--port is a number from 0 to 65535, not "99999"/],
    [['serve', '--ttl=-1'], /--ttl is a number of hours/],
    [['serve', 'x'], /^spantail serve: Unexpected argument 'x'/],
  ])('%j', async (args, text) => {
    const { code, out, error } = await runCli(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toMatch(text);
    expect(error).not.toMatch(/ {4}at |node:internal/);
  });
});

describe('what cannot be played is exit code 1 and one line that names it, without a gateway', () => {
  it.each<[string, () => string, RegExp]>([
    [
      'a missing file',
      () => join(folder, 'nowhere.jsonl'),
      /nowhere\.jsonl: no such file or folder/,
    ],
    ['a file below a file', () => join(SHORT, 'x'), /short\.jsonl.x: no such file or folder/],
    [
      'a file that cannot be read',
      () => loop('loop.jsonl'),
      /loop\.jsonl: cannot be read \(ELOOP\)/,
    ],
    ['an empty file', () => put('empty.jsonl', ''), /empty\.jsonl: the file is empty/],
    [
      'another format',
      () => put('other.json', '{"a":1}'),
      /other\.json: not a run of a known format/,
    ],
    [
      'half a file',
      () => put('half.jsonl', '{"sessionId":"a"'),
      /half\.jsonl, line 1: the file is cut/,
    ],
    ['a folder without runs', emptyFolder, /there are no recorded runs here \(known formats: /],
  ])('%s', async (_what, file, text) => {
    const { code, out, error } = await runCli(['play', file(), '--speed', 'max']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toMatch(text);
    expect(error).toMatch(/^spantail play: [^\n]+\n$/);
  });

  it('the same when following', async () => {
    const { url } = await startTestGateway();
    const missing = join(folder, 'nowhere.jsonl');
    const result = await runCli(['play', '--follow', missing, '--to', url]);
    expect(result).toMatchObject({ code: 1, out: '' });
    expect(result.error).toBe(`spantail play: ${missing}: no such file\n`);
  });

  function loop(name: string): string {
    const file = join(folder, name);
    symlinkSync(file, file);
    return file;
  }

  function emptyFolder(): string {
    return mkdtempSync(join(folder, 'no-runs-'));
  }
});

describe('without a gateway', () => {
  /** A port that was free a moment ago. */
  async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }

  it('playing says so at once, and how to start one', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const text = `spantail play: no gateway answers at ${url} (ECONNREFUSED); start one with: spantail serve (LOG_UNAVAILABLE)\n`;
    expect(await runCli(['play', SHORT, '--to', url])).toEqual({ code: 1, out: '', error: text });
    expect(await runCli(['play', SHORT], { env: { SPANTAIL_URL: url } })).toMatchObject({
      error: text,
    });
  });

  it('playing to something else says that it is none', async () => {
    const server = createServer((_request, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { code, error } = await runCli(['play', SHORT, '--to', `http://127.0.0.1:${port}`]);
    expect(code).toBe(1);
    expect(error).toMatch(/\/live answers 404, so it is no gateway/);
  });
});

describe('a reader that closes its end early', () => {
  it('is no fault of help', async () => {
    const { code, error } = await runCli(['help'], { closeOutput: true });
    expect({ code, error }).toEqual({ code: 0, error: '' });
  });

  it('does not keep a run from being played to its end', async () => {
    const { url } = await startTestGateway({ tracker: {} });
    const client = createClient({ url });
    onTestFinished(() => client.close());
    const played: string[] = [];
    const ended = (async () => {
      for await (const run of client.runs()) if (run.status !== 'running') return run.traceId;
      return undefined;
    })();
    const result = await runCli(['play', SHORT, '--speed', 'max', '--to', url], {
      closeOutput: true,
    });
    expect(result).toMatchObject({ code: 0, error: '' });
    const traceId = (await ended) ?? '';
    for await (const event of client.events(traceId)) played.push(event.type);
    expect(played).toHaveLength(20);
  });

  it('ends watching', async () => {
    const gateway = await startTestGateway();
    const { url } = gateway;
    const events = Array.from({ length: 50 }, (_, index) => ({
      type: 'open' as const,
      spanId: `${index + 1}`.padStart(16, '0'),
      name: 'x',
      spanType: 'step' as const,
      startUs: 1,
    }));
    await gateway.append(TRACE_ID, events);
    const { code, error } = await runCli(['watch', TRACE_ID, '--json', '--url', url], {
      closeOutput: true,
    });
    expect({ code, error }).toEqual({ code: 0, error: '' });
  });
});

describe('watching', () => {
  it('[PROM3] prints each event once, a line each, and ends with the run', async () => {
    const { url } = await startTestGateway({ tracker: {} });
    const played = await runCli(['play', SHORT, '--speed', 'max', '--quiet', '--to', url]);
    const traceId = played.out.trim();
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    const watched = await runCli(['watch', traceId, '--json', '--url', url]);
    expect({ code: watched.code, error: watched.error }).toEqual({ code: 0, error: '' });
    const events = watched.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; spanId: string; cursor: string });
    expect(events).toHaveLength(20);
    expect(new Set(events.map(({ cursor }) => cursor)).size).toBe(20);
    const tree = await runCli(['watch', traceId, '--url', url]);
    expect(tree.out).toMatch(/^claude-code {2}ended · 4 steps · 2 failed /);
    expect(tree.out.split('\n').filter((line) => line.includes('✖'))).toHaveLength(2);
    expect(tree.out).not.toContain('\u001B');
  });

  it('ends with exit code 130 when it is interrupted', async () => {
    const gateway = await startTestGateway();
    const { url } = gateway;
    await gateway.append(TRACE_ID, [
      { type: 'open', spanId: '1'.repeat(16), name: 'x', spanType: 'step', startUs: 1 },
    ]);
    const { code, error } = await runCli(['watch', TRACE_ID, '--json', '--url', url], {
      onOutput: (_out, stop) => stop('SIGINT'),
    });
    expect({ code, error }).toEqual({ code: 130, error: '' });
  });
});
