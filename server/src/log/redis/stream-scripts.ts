import { REDIS_APPEND_SCRIPT } from '@spantail/protocol';
import { Script } from './script.ts';

export const APPEND = new Script(REDIS_APPEND_SCRIPT);

/**
 * Where a stream stands. KEYS: stream, meta. Returns epoch, first and last entry ID; the first is
 * `0-0` while as many entries are there as were appended.
 */
export const TAIL = new Script(`
local state = redis.call('HMGET', KEYS[2], 'e', 'l', 'n')
local length = redis.call('XLEN', KEYS[1])
if not state[1] or length == 0 then return false end
local first = '0-0'
if tonumber(state[3]) ~= length then
  first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1][1]
end
return { state[1], first, state[2] }
`);

/** Stores blobs. KEYS: blobs. ARGV: time to live in milliseconds, then reference and bytes of each. */
export const PUT_BLOBS = new Script(`
for i = 2, #ARGV, 2 do redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1]) end
return redis.call('PEXPIRE', KEYS[1], ARGV[1])
`);
