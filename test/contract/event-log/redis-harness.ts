import type { EventLog } from 'spantail';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { openRedisLog, type RedisLogOptions } from '../../../server/src/log/redis/redis-log.ts';
import {
  redisCommand,
  startRedis,
  type RedisServer,
  type RedisServerOptions,
} from '../../support/redis-server.ts';
import type { Harness } from './harness.ts';

export interface RedisHarness extends Harness {
  server: RedisServer;
  open(options?: Partial<RedisLogOptions>): Promise<EventLog>;
  /** One more log on the same store, as another process would have it. */
  openAnother(options?: Partial<RedisLogOptions>): Promise<EventLog>;
}

/** One server for the tests of a file, emptied before each of them opens its log. */
export function redisHarness(options: RedisServerOptions = {}): RedisHarness {
  let server: RedisServer | undefined;
  beforeAll(async () => {
    server = await startRedis(options);
  });
  afterAll(() => server?.stop());
  const harness: RedisHarness = {
    get server() {
      if (server === undefined) throw new Error('the server is not there yet');
      return server;
    },
    async open(logOptions) {
      await redisCommand(harness.server.port, 'FLUSHALL');
      return harness.openAnother(logOptions);
    },
    async openAnother(logOptions) {
      const log = await openRedisLog({ url: harness.server.url, ...logOptions });
      onTestFinished(() => log.close());
      return log;
    },
  };
  return harness;
}
