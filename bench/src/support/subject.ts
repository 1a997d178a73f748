import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGatewayProcess, type GatewayProcess } from '../../../test/support/gateway-process.ts';
import { startRedis, type RedisServer } from '../../../test/support/redis-server.ts';
import { redisVersion } from './machine.ts';

export type LogKind = 'redis' | 'embedded';

/** What is measured: a gateway in a process of its own, on a log of its own. */
export interface Subject extends AsyncDisposable {
  log: LogKind;
  gateway: GatewayProcess;
  /** The redis-server, when the log is there. */
  redis: RedisServer | undefined;
  /** The data directory of an embedded log. */
  directory: string;
}

/** The logs that can be measured here; says so when one is left out. */
export function measurableLogs(): LogKind[] {
  if (redisVersion() !== undefined) return ['redis', 'embedded'];
  console.log('  (no redis-server on the PATH: Redis is left out)');
  return ['embedded'];
}

/** Redis keeps an append-only file, synced once a second, as in docker-compose.yml. */
export async function startSubject(
  log: LogKind,
  options: readonly string[] = [],
): Promise<Subject> {
  const directory = mkdtempSync(join(tmpdir(), 'spantail-bench-'));
  const redis = log === 'redis' ? await startRedis({ aof: true }) : undefined;
  const gateway = await startGatewayProcess([
    ...(redis === undefined ? ['--data', directory] : ['--redis', redis.url]),
    ...options,
  ]);
  return {
    log,
    gateway,
    redis,
    directory,
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      await redis?.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
