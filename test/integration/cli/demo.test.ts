import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RUNS_FOLDER } from '../../support/play/fixture.ts';
import { startRedis } from '../../support/redis-server.ts';

const LINE = /^demo: (\d+) runs, (\d+) events published, \2 received, 0 missing, 0 duplicates\n$/;

async function demo(args: string[]): Promise<{ code: number | null; stdout: string }> {
  const script = join(RUNS_FOLDER, '../src/demo.ts');
  const child = spawn(process.execPath, ['--conditions=source', script, ...args]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  await once(child, 'close');
  return { code: child.exitCode, stdout };
}

describe('the demo', () => {
  it('[PROM3] checks itself on the embedded log, in exactly one line', async () => {
    const { code, stdout } = await demo(['--exit']);
    expect(stdout).toMatch(LINE);
    expect(Number(LINE.exec(stdout)?.[1])).toBeGreaterThanOrEqual(3);
    expect(code).toBe(0);
  });

  it('[PROM3] checks itself on Redis', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const { code, stdout } = await demo(['--exit', '--redis', redis.url]);
    expect(stdout).toMatch(LINE);
    expect(code).toBe(0);
  });
});
