import type { StreamId } from '../wire/message.ts';
import type { RedisScriptCall } from './redis-append.ts';
import { lesseeOf, streamKeys } from './redis-keys.ts';

/**
 * What the scripts that touch leases share. Both keys belong to the partition, so they live on
 * while anybody in it has a lease; twice the time, so that most calls need not renew it.
 */
export const REDIS_LEASE_LUA = `
local function nowMs()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function setLease(leases, seen, lessee, leaseMs, ttlMs)
  local now = nowMs()
  redis.call('ZADD', leases, now + leaseMs, lessee)
  redis.call('HSET', seen, lessee, now)
  local keepMs = math.max(tonumber(ttlMs), 2 * leaseMs)
  for _, key in ipairs({ leases, seen }) do
    if redis.call('PTTL', key) < keepMs then redis.call('PEXPIRE', key, 2 * keepMs) end
  end
end
local function endLease(leases, seen, lessee)
  if redis.call('ZREM', leases, lessee) == 1 then redis.call('HDEL', seen, lessee) end
end
`;

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
