import {
  PARTITIONS,
  REDIS_RENEW_SCRIPT,
  encodeRedisRenewal,
  leasesKey,
  seenKey,
} from '@spantail/protocol';
import type { LapsedLease, StreamName } from '../event-log.ts';
import { parseStreamKey } from '../stream-key.ts';
import type { RedisClient } from './connection.ts';
import { Script } from './script.ts';

const RENEW = new Script(REDIS_RENEW_SCRIPT);

/**
 * A partition's lapsed leases, longest first. KEYS: leases, seen. ARGV: how many. Returns lessee,
 * when it lapsed and when it was last seen, end to end.
 */
const LAPSED = new Script(`
local time, found = redis.call('TIME'), {}
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[1])
for i = 1, #due, 2 do
  found[#found + 1] = due[i]
  found[#found + 1] = due[i + 1]
  found[#found + 1] = redis.call('HGET', KEYS[2], due[i]) or due[i + 1]
end
return found
`);

/** Whether the producer has a lease, which then is a new one. */
export async function renewLease(
  client: RedisClient,
  stream: StreamName,
  producer: string,
  leaseMs: number,
  ttlMs: number,
): Promise<boolean> {
  const { keys, args } = encodeRedisRenewal({ ...stream, producer, leaseMs, ttlMs });
  return (await RENEW.run(client, keys, args)) === 1;
}

/** Of all partitions, longest first. */
export async function readLapsed(client: RedisClient, limit: number): Promise<LapsedLease[]> {
  const replies = await Promise.all(
    Array.from({ length: PARTITIONS }, (_, partition) =>
      LAPSED.run(client, [leasesKey(partition), seenKey(partition)], [limit]),
    ),
  );
  const leases = replies.flatMap((reply) => toLeases(reply as string[]));
  return leases.sort((a, b) => a.lapsedAtMs - b.lapsedAtMs).slice(0, limit);
}

function toLeases(reply: readonly string[]): LapsedLease[] {
  const leases: LapsedLease[] = [];
  for (let i = 0; i + 2 < reply.length; i += 3) {
    const [lessee = '', lapsed, seen] = reply.slice(i, i + 3);
    const space = lessee.indexOf(' ');
    leases.push({
      ...parseStreamKey(lessee.slice(0, space)),
      producer: lessee.slice(space + 1),
      lapsedAtMs: Number(lapsed),
      seenAtMs: Number(seen),
    });
  }
  return leases;
}
