/** A process that takes work from the log on Redis, tells what it has, and never acknowledges. */
import { openRedisLog } from '../../../server/src/log/redis/redis-log.ts';

const [, , url = '', consumer = ''] = process.argv;
const log = await openRedisLog({ url });
for (;;) {
  const bounds = { maxItems: 10, waitMs: 1_000, stealAfterMs: 600_000 };
  for (const { streamId } of await log.takeWork(consumer, bounds))
    process.stdout.write(`${streamId}\n`);
}
