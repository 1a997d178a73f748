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

/**
 * Reads entries within bounds. Pages are small, so that no more than one of them beyond the bound
 * is ever in memory, however large entries are.
 *
 * KEYS: stream. ARGV: after, until, most entries, bytes of events behind which to stop.
 */
export const READ = new Script(`
local after, entries, bytes, found = ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[4]), {}
while entries > 0 do
  local count = math.min(entries, 16)
  local page = redis.call('XRANGE', KEYS[1], '(' .. after, ARGV[2], 'COUNT', count)
  for _, entry in ipairs(page) do
    found[#found + 1] = entry
    for i = 1, #entry[2], 2 do
      if entry[2][i] == 'e' then bytes = bytes - #entry[2][i + 1] end
    end
    if bytes <= 0 then return found end
    after = entry[1]
  end
  if #page < count then return found end
  entries = entries - count
end
return found
`);

export const PUT_BLOBS = new Script(REDIS_PUT_BLOBS_SCRIPT);
