import type { StreamId } from '../wire/message.ts';
import type { RedisScriptCall } from './redis-append.ts';
import { lesseeOf, streamKeys } from './redis-keys.ts';
import { REDIS_LEASE_LUA } from './redis-lease.ts';

/**
 * Renews a lease, if there is one, and the stream's time to live with it.
 *
 * KEYS: leases, seen, stream, blobs, meta. ARGV: lessee, lease and time to live in milliseconds.
 * Returns 1 when there is one.
 */
export const REDIS_RENEW_SCRIPT = `
${REDIS_LEASE_LUA}
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
setLease(KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3])
for i = 3, 5 do redis.call('PEXPIRE', KEYS[i], ARGV[3]) end
return 1
`;

/** One producer's lease in one stream of a log on Redis. */
export interface RedisRenewal {
  project: string;
  streamId: StreamId;
  producer: string;
  leaseMs: number;
  /** The stream disappears when nothing is heard of it for this long. */
  ttlMs: number;
}

/** Keys and arguments for {@link REDIS_RENEW_SCRIPT}. */
export function encodeRedisRenewal(renewal: RedisRenewal): RedisScriptCall {
  const { project, streamId, producer, leaseMs, ttlMs } = renewal;
  const { leases, seen, stream, blobs, meta } = streamKeys(project, streamId);
  const args = [lesseeOf(project, streamId, producer), String(leaseMs), String(ttlMs)];
  return { keys: [leases, seen, stream, blobs, meta], args };
}
