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
