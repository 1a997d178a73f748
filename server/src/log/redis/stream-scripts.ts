import { REDIS_APPEND_SCRIPT, REDIS_PUT_BLOBS_SCRIPT } from '@spantail/protocol';
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

export const PUT_BLOBS = new Script(REDIS_PUT_BLOBS_SCRIPT);
