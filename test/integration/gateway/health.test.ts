import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog } from 'spantail';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually, startTestGateway } from '../../support/gateway.ts';
import { ObservedLog } from '../../support/observed-log.ts';
import { redisCommand, startRedis } from '../../support/redis-server.ts';

async function statusOf(url: string, path: string): Promise<number> {
  const response = await fetch(`${url}${path}`);
  await response.arrayBuffer();
  return response.status;
}

describe('health', () => {
  it('[HE1, HE2] is not ready while Redis is gone, and ready again afterwards', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const { url } = await startTestGateway({ redis: redis.url });
    expect(await statusOf(url, '/ready')).toBe(200);
    await redis.kill();
    await eventually(async () => (await statusOf(url, '/ready')) === 503, 'it is not ready');
    expect(await statusOf(url, '/live')).toBe(200);
    await redis.restart();
    await eventually(async () => (await statusOf(url, '/ready')) === 200, 'it is ready again');
  });

  it('[HE2] is not ready while Redis answers but takes no writes', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const { url } = await startTestGateway({ redis: redis.url });
    expect(await statusOf(url, '/ready')).toBe(200);
    await redisCommand(redis.port, 'CONFIG', 'SET', 'maxmemory', '1');
    await eventually(async () => (await statusOf(url, '/ready')) === 503, 'it is not ready');
    const problem = (await (await fetch(`${url}/ready`)).json()) as object;
    expect(problem).toMatchObject({ code: 'LOG_UNAVAILABLE', status: 503 });
    await redisCommand(redis.port, 'CONFIG', 'SET', 'maxmemory', '0');
    await eventually(async () => (await statusOf(url, '/ready')) === 200, 'it is ready again');
  });

  it('[HE2] is not ready while Redis hangs', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const { url } = await startTestGateway({ redis: redis.url });
    expect(await statusOf(url, '/ready')).toBe(200);
    redis.pause();
    await eventually(async () => (await statusOf(url, '/ready')) === 503, 'it is not ready');
    expect(await statusOf(url, '/live')).toBe(200);
    redis.resume();
    await eventually(async () => (await statusOf(url, '/ready')) === 200, 'it is ready again');
  });

  it('[HE2] asks the log once for a crowd, and gives no answer of before', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'spantail-test-'));
    const inner = await openLog(undefined, directory, 600_000);
    onTestFinished(async () => {
      await inner.close();
      rmSync(directory, { recursive: true, force: true });
    });
    const observed = new ObservedLog(inner);
    const { url } = await startTestGateway({ log: observed.log });
    await Promise.all(Array.from({ length: 50 }, () => statusOf(url, '/ready')));
    expect(observed.count('probe')).toBeLessThan(5);
    observed.before = (method) => {
      if (method === 'probe') throw new Error('the disk is full');
    };
    await eventually(async () => (await statusOf(url, '/ready')) === 503, 'it is not ready');
  });
});
