import { join } from 'node:path';
import type { TraceEvent } from '@spantail/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCommand, serve } from '../../support/cli.ts';
import { eventually } from '../../support/eventually.ts';
import { eventProblems } from '../../support/play/event-ledger.ts';
import { RUNS_FOLDER } from '../../support/play/fixture.ts';
import { startPostgres } from '../../support/postgres-server.ts';
import { startRedis } from '../../support/redis-server.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const SHORT = join(RUNS_FOLDER, 'claude-code/short.jsonl');

interface RunJson {
  traceId: string;
  status: string;
  spanCount: number;
}

async function runsOf(url: string): Promise<RunJson[]> {
  const response = await fetch(`${url}/api/v1/runs`);
  const { runs } = (await response.json()) as { runs: RunJson[] };
  return runs;
}

describe('a run that is kept', () => {
  it.each(['embedded', 'redis', 'redis and PostgreSQL'])(
    '[REC1, PROM5, PROM6] is there when everything was stopped and started again (%s)',
    async (target) => {
      const redis = target === 'embedded' ? undefined : await startRedis({ aof: true });
      if (redis !== undefined) onTestFinished(() => redis.stop());
      const postgres = target === 'redis and PostgreSQL' ? await startPostgres() : undefined;
      if (postgres !== undefined) onTestFinished(() => postgres.stop());
      const data = temporaryDirectory();
      const archive = (await postgres?.createDatabase()) ?? join(data, 'archive.sqlite');
      const where = [
        ...(redis === undefined ? ['--data', data] : ['--redis', redis.url, '--archive', archive]),
        // The log lets a run go as soon as it is archived: what is read then is the record.
        '--hot-after-end',
        '0',
      ];
      const first = await serve(where);
      const played = await runCommand([
        'play',
        SHORT,
        '--speed',
        'max',
        '--quiet',
        '--to',
        first.url,
      ]);
      const traceId = played.stdout.trim();
      const watch = async (url: string): Promise<string> => {
        const watched = await runCommand(['watch', traceId, '--json', '--url', url]);
        expect(watched).toMatchObject({ code: 0, stderr: '' });
        return watched.stdout;
      };
      const live = await watch(first.url);
      const events = live
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as TraceEvent & { cursor: string });
      expect(eventProblems(events)).toEqual([]);
      await eventually(
        async () =>
          (await runsOf(first.url)).some(
            (run) => run.traceId === traceId && run.status !== 'running',
          ),
        'the run is in the record',
      );
      expect((await first.command.stop('SIGTERM')).code).toBe(0);

      const second = await serve(where);
      expect(await runsOf(second.url)).toMatchObject([{ traceId, status: 'ok', spanCount: 4 }]);
      // The same events, and the same cursors.
      expect(await watch(second.url)).toBe(live);
      const { cursor } = events[4] ?? { cursor: '' };
      const rest = await runCommand([
        'watch',
        traceId,
        '--json',
        '--after',
        cursor,
        '--url',
        second.url,
      ]);
      expect(rest).toMatchObject({ code: 0, stderr: '' });
      expect(rest.stdout.trim().split('\n')).toHaveLength(events.length - 5);
      const shown = await runCommand(['show', traceId, '--url', second.url]);
      expect(shown.stdout).toContain('claude-code');
      const failed = await runCommand([
        'spans',
        '--status',
        'error',
        '--sort',
        '-duration',
        '--json',
        '--url',
        second.url,
      ]);
      expect(failed.stdout.trim().split('\n')).toHaveLength(2);
      const { spanId } = JSON.parse(failed.stdout.split('\n')[0] ?? '') as { spanId: string };
      const path = await runCommand(['path', traceId, spanId, '--url', second.url]);
      expect(path).toMatchObject({ code: 0, stderr: '' });
    },
  );
});
