import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TraceEvent } from '@spantail/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Command, runCommand, serve } from '../../support/cli.ts';
import { eventProblems } from '../../support/play/event-ledger.ts';
import { RUNS_FOLDER } from '../../support/play/fixture.ts';
import { startRedis } from '../../support/redis-server.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const SHORT = join(RUNS_FOLDER, 'claude-code/short.jsonl');

type Line = TraceEvent & { cursor: string };
const lines = (stdout: string): Line[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

/** Plays the short run at full speed; its trace id. */
async function playShort(url: string): Promise<string> {
  const played = await runCommand(['play', SHORT, '--speed', 'max', '--quiet', '--to', url]);
  expect(played).toMatchObject({ code: 0, stderr: '' });
  return played.stdout.trim();
}

describe('spantail serve, play, watch', () => {
  it.each(['embedded', 'redis'])(
    'a recorded run is served, played and watched to its end, once each (%s)',
    async (target) => {
      const redis = target === 'redis' ? await startRedis() : undefined;
      if (redis !== undefined) onTestFinished(() => redis.stop());
      const { command, url } = await serve(
        redis === undefined ? ['--data', temporaryDirectory()] : ['--redis', redis.url],
      );
      for (const path of ['/live', '/ready']) expect((await fetch(url + path)).status).toBe(200);

      // Waits for what is not there yet.
      const latest = new Command(['watch', '--latest', '--json', '--url', url]);
      await latest.prints(/waiting for one to start/);
      const played = await runCommand(['play', SHORT, '--speed', 'max', '--to', url]);
      expect(played).toMatchObject({ code: 0, stderr: '' });
      const [traceId = ''] = /^[0-9a-f]{32}/.exec(played.stdout) ?? [];
      const [, count = ''] = /(\d+) events/.exec(played.stdout) ?? [];

      const watched = await latest.ended;
      expect(watched.code).toBe(0);
      const events = lines(watched.stdout);
      expect(events).toHaveLength(Number(count));
      expect(eventProblems(events)).toEqual([]);
      expect(new Set(events.map(({ cursor }) => cursor)).size).toBe(events.length);

      const again = await runCommand(['watch', traceId, '--json', '--url', url]);
      expect(lines(again.stdout)).toEqual(events);
      for (const taken of [1, Math.floor(events.length / 2), events.length]) {
        const after = events[taken - 1]?.cursor ?? '';
        const rest = await runCommand(['watch', traceId, '--json', '--after', after, '--url', url]);
        expect(rest.code).toBe(0);
        expect(lines(rest.stdout)).toEqual(events.slice(taken));
      }
      const shown = await runCommand(['watch', traceId, '--url', url]);
      expect(shown.code).toBe(0);
      expect(shown.stdout).toContain(traceId);

      // What has ended is there, and not what somebody waits for.
      const next = new Command(['watch', '--next', '--url', url]);
      await next.prints(/waiting for a run to start/);
      const second = await runCommand(['play', SHORT, '--speed', 'max', '--quiet', '--to', url]);
      expect((await next.ended).stdout).toContain(second.stdout.trim());

      const stopped = await command.stop('SIGTERM');
      expect(stopped).toMatchObject({ code: 0 });
      expect(stopped.stdout).toContain('spantail stopped');
    },
  );

  it('straight to Redis, while a gateway watches the same log', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const { url } = await serve(['--redis', redis.url]);
    const traceId = await playShort(redis.url);
    const watched = await runCommand(['watch', traceId, '--json', '--url', url]);
    expect(watched.code).toBe(0);
    expect(lines(watched.stdout).length).toBeGreaterThan(0);
    expect(eventProblems(lines(watched.stdout))).toEqual([]);
  });

  it('--full has the payloads whole', async () => {
    const { url } = await serve(['--data', temporaryDirectory()]);
    const traceId = await playShort(url);
    const watched = await runCommand(['watch', traceId, '--json', '--full', '--url', url]);
    const inputs = watched.stdout.split('\n').filter((line) => line.includes('"input"'));
    expect(inputs.length).toBeGreaterThan(0);
    for (const line of inputs) expect(JSON.parse(line)).not.toHaveProperty('input.parts');
  });

  it('--follow shows a session as it is written, and ends it when it is stopped', async () => {
    const { url } = await serve(['--data', temporaryDirectory()]);
    const file = join(temporaryDirectory(), 'session.jsonl');
    const recorded = readFileSync(SHORT, 'utf8').split(/(?<=\n)/);
    writeFileSync(file, recorded.slice(0, 6).join(''));
    const following = new Command(['play', file, '--follow', '--to', url]);
    const [traceId] = await following.prints(/[0-9a-f]{32}/);
    const watching = new Command(['watch', traceId, '--json', '--url', url]);
    await watching.prints(/"type":"open"/);
    expect(watching.stdout).not.toContain('"name":"Bash"');
    writeFileSync(file, recorded.slice(6).join(''), { flag: 'a' });
    await watching.prints(/"status":"error"/);
    await following.stop('SIGINT');
    const watched = await watching.ended;
    expect(watched.code).toBe(0);
    expect(eventProblems(lines(watched.stdout))).toEqual([]);
  });

  it('what was served is there after a restart', async () => {
    const data = temporaryDirectory();
    const first = await serve(['--data', data]);
    const traceId = await playShort(first.url);
    const before = await runCommand(['watch', traceId, '--json', '--url', first.url]);
    await first.command.stop('SIGTERM');
    const second = await serve(['--data', data]);
    const after = await runCommand(['watch', traceId, '--json', '--url', second.url]);
    expect(after.stdout).toBe(before.stdout);
    expect(lines(after.stdout).length).toBeGreaterThan(0);
  });

  it('says what is wrong when it cannot start', async () => {
    const data = temporaryDirectory();
    const { url } = await serve(['--data', data]);
    const refused = async (args: string[], code: number): Promise<string> => {
      const result = await runCommand(['serve', ...args]);
      expect(result.code).toBe(code);
      return result.stderr;
    };
    const port = ['--port', '0'];
    expect(await refused(['--port', new URL(url).port, '--data', temporaryDirectory()], 1)).toMatch(
      /port \d+ on 127\.0\.0\.1 is taken/,
    );
    const { port: taken } = new URL(url);
    const grpc = ['--data', temporaryDirectory(), '--otlp-grpc-port', taken];
    expect(await refused([...port, ...grpc], 1)).toMatch(
      /^spantail serve: port \d+ on 127\.0\.0\.1 is taken; .*--otlp-grpc-port\n$/,
    );
    expect(await refused([...port, '--data', data], 1)).toMatch(
      /another gateway has .*log\.sqlite/,
    );
    const file = join(temporaryDirectory(), 'file');
    copyFileSync(SHORT, file);
    expect(await refused([...port, '--data', file], 1)).toContain(file);
    expect(await refused([...port, '--redis', 'redis://127.0.0.1:1'], 1)).toMatch(
      /127\.0\.0\.1:1.*ECONNREFUSED/,
    );
    expect(await refused(['--role', 'indexer', '--data', data], 2)).toContain('--redis URL');
    expect(await refused(['--role', 'cook'], 2)).toContain('gateway, indexer or all');
    expect(
      await refused([...port, '--data', temporaryDirectory(), '--archive', file], 1),
    ).toContain(file);
  });

  it('an interrupted play leaves nothing open, and says 130', async () => {
    const { url } = await serve(['--data', temporaryDirectory()]);
    const playing = new Command(['play', SHORT, '--speed', '1', '--to', url]);
    const [traceId] = await playing.prints(/[0-9a-f]{32}/);
    const watching = new Command(['watch', traceId, '--json', '--url', url]);
    await watching.prints(/"type":"open"/);
    expect((await playing.stop('SIGINT')).code).toBe(130);
    const watched = await watching.ended;
    expect(eventProblems(lines(watched.stdout))).toEqual([]);
    expect(watched.stdout).toContain('playing was interrupted');
  });
});
