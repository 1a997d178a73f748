import { Script } from './script.ts';

/**
 * Takes entries of one partition's queue: never delivered ones, then those another consumer has
 * held too long.
 *
 * KEYS: queue. ARGV: group, consumer, count, stealAfterMs. Returns `{entry ID, task}` pairs.
 */
export const TAKE_QUEUED = new Script(`
local queue, group, consumer, count, idle = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
if redis.call('EXISTS', queue) == 0 then return {} end
local function readNew()
  return redis.pcall('XREADGROUP', 'GROUP', group, consumer, 'COUNT', count, 'STREAMS', queue, '>')
end
local reply = readNew()
if reply and reply.err then
  redis.call('XGROUP', 'CREATE', queue, group, '0')
  reply = readNew()
end
local taken = {}
if reply and reply[1] then
  for _, entry in ipairs(reply[1][2]) do taken[#taken + 1] = { entry[1], entry[2][2] } end
end
-- Not XAUTOCLAIM: it looks at so few that it might never get past what others rightly hold.
local stale, room = {}, math.min(count - #taken, 1000)
if room > 0 then
  for _, pending in ipairs(redis.call('XPENDING', queue, group, 'IDLE', idle, '-', '+', room)) do
    stale[#stale + 1] = pending[1]
  end
end
if #stale > 0 then
  local claimed = redis.call('XCLAIM', queue, group, consumer, idle, unpack(stale))
  for _, entry in ipairs(claimed) do taken[#taken + 1] = { entry[1], entry[2][2] } end
end
return taken
`);

/**
 * Notes that a stream's item is held, so that news are told to the holder, and how far the stream
 * has come.
 *
 * KEYS: meta, queue. ARGV: group, entry ID, consumer. Returns the newest entry's ID; nothing when
 * the item is not the stream's any more (the stream expired, or is new); 0 when another consumer
 * has taken it over.
 */
export const HOLD = new Script(`
local meta, queue, group, id, consumer = KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3]
local state = redis.call('HMGET', meta, 'q', 'l')
if state[1] ~= id then return false end
local pending = redis.call('XPENDING', queue, group, id, id, 1)
if #pending == 0 or pending[1][2] ~= consumer then return 0 end
-- A full Redis refuses this one write; then news are found by looking, once a second.
redis.pcall('HSET', meta, 'h', '1')
return state[2]
`);

/**
 * Acknowledges an item: done, or back into the queue when the stream has got entries behind those
 * it was handed out with. Nothing when another consumer has taken it over.
 *
 * KEYS: meta, queue. ARGV: group, entry ID, consumer, newest entry's ID when handed out, task, work
 * ring's channel. Returns 1 when it went back.
 */
export const ACKNOWLEDGE = new Script(`
local meta, queue = KEYS[1], KEYS[2]
local group, id, consumer, seen, task, workRing = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local pending = redis.pcall('XPENDING', queue, group, id, id, 1)
if pending.err or #pending == 0 or pending[1][2] ~= consumer then return 0 end
redis.call('XACK', queue, group, id)
redis.call('XDEL', queue, id)
local state = redis.call('HMGET', meta, 'q', 'l')
if state[1] ~= id then return 0 end
redis.call('HDEL', meta, 'q', 'h')
if state[2] == seen then return 0 end
redis.call('HSET', meta, 'q', redis.call('XADD', queue, '*', 's', task))
redis.call('SPUBLISH', workRing, '')
return 1
`);

/** Removes an item whose stream is gone. KEYS: queue. ARGV: group, entry ID. */
export const DROP = new Script(`
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
return redis.call('XDEL', KEYS[1], ARGV[2])
`);

/**
 * Forgets consumers that hold nothing and have not asked for long: every process that ever worked
 * would stay on record otherwise. KEYS: queue. ARGV: group, idle milliseconds.
 */
export const TIDY = new Script(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local consumers = redis.pcall('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])
if consumers.err then return 0 end
for _, consumer in ipairs(consumers) do
  local field = {}
  for i = 1, #consumer, 2 do field[consumer[i]] = consumer[i + 1] end
  if field.pending == 0 and field.idle > tonumber(ARGV[2]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], field.name)
  end
end
return 1
`);
