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

const READ_LUA = `
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
`;

/**
 * Reads entries within bounds. Pages are small, so that no more than one of them beyond the bound
 * is ever in memory, however large entries are.
 *
 * KEYS: stream. ARGV: after, until, most entries, bytes of events behind which to stop.
 */
export const READ = new Script(READ_LUA);

/**
 * The same, when the entry at `after` is there; `0-0`: when as many entries are there as were
 * appended. Nothing otherwise. KEYS: stream, meta. ARGV: like READ's.
 */
export const READ_PROVEN = new Script(`
if ARGV[1] == '0-0' then
  local state = redis.call('HMGET', KEYS[2], 'e', 'n')
  if not state[1] or tonumber(state[2]) ~= redis.call('XLEN', KEYS[1]) then return false end
elseif #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1]) == 0 then
  return false
end
${READ_LUA}
`);

/** Removes entries before an ID, but never the newest. KEYS: stream. ARGV: ID. */
export const TRIM = new Script(`
if #redis.call('XREVRANGE', KEYS[1], '+', ARGV[1], 'COUNT', 1) > 0 then
  return redis.call('XTRIM', KEYS[1], 'MINID', ARGV[1])
end
return redis.call('XTRIM', KEYS[1], 'MAXLEN', 1)
`);

/**
 * Lets a stream disappear. KEYS: stream, blobs, meta. ARGV: milliseconds, newest entry's ID or ''.
 * Returns whether that was the newest.
 */
export const EXPIRE = new Script(`
local last = redis.call('HGET', KEYS[3], 'l')
if not last or (ARGV[2] ~= '' and ARGV[2] ~= last) then return 0 end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[1]) end
return 1
`);

export const PUT_BLOBS = new Script(REDIS_PUT_BLOBS_SCRIPT);
