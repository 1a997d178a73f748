import { BLOB_REF_BYTES, type BlobRef, type Blob } from '../payload/payload.ts';
import { RUNS_STREAM, type EndReason, type StreamId } from '../wire/message.ts';
import { encodeEventArray } from '../codec/event-array.ts';
import { REDIS_LEASE_LUA } from './redis-lease.ts';
import { leaseHolder } from './lease-holder.ts';
import { lesseeOf, streamKeys, streamTask } from './redis-keys.ts';

/**
 * Appends one batch, atomically, in one slot. Run by everyone who writes to a log on Redis, so that
 * all agree on what a duplicate is.
 *
 * KEYS: stream, blobs, meta, queue, leases, seen. ARGV: see {@link encodeRedisAppend}. Returns outcome
 * (`appended`, `duplicate`, `conflict`), entry ID, and the places (from 1) of missing references.
 */
export const REDIS_APPEND_SCRIPT = `
local stream, blobs, meta, queue, leases, seen = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local producer, number, fin, reason, events, count = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local newEpoch, ttl, expected, keep = ARGV[7], ARGV[8], ARGV[9], ARGV[10]
local task, doorbell, workRing = ARGV[11], ARGV[12], ARGV[13]
local lease, lessee, ifLapsed, blobCount = ARGV[14], ARGV[15], ARGV[16], tonumber(ARGV[17])
local refs = ARGV[18 + 2 * blobCount]
${REDIS_LEASE_LUA}
local length = redis.call('XLEN', stream)
local state = redis.call('HMGET', meta, 'e', 'l', 'p:' .. producer, 'q', 'h')
local epoch, last, had, queued, held = state[1], state[2], state[3], state[4], state[5]
if epoch and length == 0 then
  -- The entries were evicted or deleted: what comes now is another history.
  redis.call('DEL', meta)
  epoch, last, had, queued, held = false, false, false, false, false
elseif not epoch and length > 0 then
  -- The other half was: keep the entries, and learn from the newest who sent what.
  for _, entry in ipairs(redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 32)) do
    local field = {}
    for i = 1, #entry[2], 2 do field[entry[2][i]] = entry[2][i + 1] end
    last = last or entry[1]
    if field.p and field.n then
      redis.call('HSETNX', meta, 'p:' .. field.p, field.n .. ' ' .. entry[1])
    end
  end
  -- Never to be the length again: the oldest entry counts as the first of what was trimmed.
  redis.call('HSET', meta, 'e', newEpoch, 'l', last, 'n', -1000000000000)
  epoch = newEpoch
  had = redis.call('HGET', meta, 'p:' .. producer)
end

local outcome, position = 'appended', ''
if had then
  local space = string.find(had, ' ', 1, true)
  local newest = tonumber(string.sub(had, 1, space - 1))
  if tonumber(number) <= newest then
    outcome = 'duplicate'
    if tonumber(number) == newest then position = string.sub(had, space + 1) end
  end
end
if outcome == 'appended' and expected ~= '' and expected ~= (last or '0-0') then
  return { 'conflict', '', {} }
end
if ifLapsed ~= '' then
  local lapsesMs = redis.call('ZSCORE', leases, ifLapsed)
  if not lapsesMs or tonumber(lapsesMs) > nowMs() then return { 'conflict', '', {} } end
  endLease(leases, seen, ifLapsed)
  -- The stream is gone, and what the producer had open in it; or it had nothing open.
  if not epoch or count == '0' then return { 'conflict', '', {} } end
end

local came = {}
for i = 18, 17 + 2 * blobCount, 2 do
  came[#came + 1] = ARGV[i]
  redis.call('HSETNX', blobs, ARGV[i], ARGV[i + 1])
end
if outcome == 'appended' then
  local entry = { 'XADD', stream, '*', 'p', producer, 'n', number, 'e', events, 'c', count }
  local function add(name, value)
    entry[#entry + 1] = name
    entry[#entry + 1] = value
  end
  if fin == '1' then add('f', '1') end
  if #came > 0 then add('h', table.concat(came)) end
  if reason ~= '' then add('x', reason) end
  position = redis.call(unpack(entry))
  if keep ~= '' then redis.call('XTRIM', stream, 'MAXLEN', '~', keep) end
  if not epoch then redis.call('HSET', meta, 'e', newEpoch) end
  redis.call('HSET', meta, 'l', position, 'p:' .. producer, number .. ' ' .. position)
  redis.call('HINCRBY', meta, 'n', 1)
  if task ~= '' then
    if queued and #redis.call('XRANGE', queue, queued, queued) == 0 then queued = false end
    if not queued then
      redis.call('HSET', meta, 'q', redis.call('XADD', queue, '*', 's', task))
      redis.call('HDEL', meta, 'h')
      redis.call('SPUBLISH', workRing, '')
    elseif held then
      redis.call('HDEL', meta, 'h')
      redis.call('SPUBLISH', workRing, task)
    end
    redis.call('PEXPIRE', queue, ttl)
  end
  redis.call('SPUBLISH', doorbell, '')
end
for _, key in ipairs({ stream, blobs, meta }) do redis.call('PEXPIRE', key, ttl) end
-- A duplicate of the newest batch is news of a living producer, one of an older batch is not.
if position ~= '' then
  if fin == '1' then endLease(leases, seen, lessee)
  elseif lease ~= '' then setLease(leases, seen, lessee, lease, ttl) end
end

local missing = {}
for i = 1, #refs / 16 do
  local ref = string.sub(refs, 16 * i - 15, 16 * i)
  if redis.call('HEXISTS', blobs, ref) == 0 then missing[#missing + 1] = i end
end
return { outcome, position, missing }
`;

/** One batch for one stream of a log on Redis. */
export interface RedisAppend {
  project: string;
  streamId: StreamId;
  producer: string;
  number: number;
  fin: boolean;
  events: readonly Uint8Array[];
  blobs: readonly Blob[];
  refs: readonly BlobRef[];
  /** The keys disappear when nothing is appended for this long. */
  ttlMs: number;
  /** The epoch if this append creates the stream: random, at most 16 of `0-9a-z`. */
  newEpoch: string;
  end?: EndReason;
  /** Append only when this is the newest entry's ID; `0-0`: only when there is none. */
  expectLast?: string;
  /** Trim the stream to about this many entries. */
  maxEntries?: number;
  /** Sets or renews the producer's lease. */
  leaseMs?: number;
  /** Append only when this producer's lease has lapsed, and end that lease. */
  ifLapsed?: string;
}

/** Keys and arguments for {@link REDIS_APPEND_SCRIPT}. */
export interface RedisScriptCall {
  keys: string[];
  args: (string | Uint8Array)[];
}

export interface RedisAppendReply {
  outcome: 'appended' | 'duplicate' | 'conflict';
  /** Entry ID; of a duplicate, the ID it got the first time, `''` when newer ones came since. */
  position: string;
  missing: BlobRef[];
}

export function encodeRedisAppend(append: RedisAppend): RedisScriptCall {
  const { project, streamId, events, blobs } = append;
  const names = streamKeys(project, streamId);
  // Streams of the log itself (feed of runs, probes) are nobody's work.
  const isWork = !streamId.startsWith(RUNS_STREAM.slice(0, 1));
  const args: (string | Uint8Array)[] = [
    append.producer,
    String(append.number),
    append.fin ? '1' : '',
    append.end ?? '',
    encodeEventArray(events),
    String(events.length),
    append.newEpoch,
    String(append.ttlMs),
    append.expectLast ?? '',
    append.maxEntries === undefined ? '' : String(append.maxEntries),
    isWork ? streamTask(project, streamId) : '',
    names.doorbell,
    names.workRing,
    append.leaseMs === undefined ? '' : String(append.leaseMs),
    lesseeOf(project, streamId, leaseHolder(append.producer)),
    append.ifLapsed === undefined ? '' : lesseeOf(project, streamId, append.ifLapsed),
    String(blobs.length),
  ];
  for (const { ref, bytes } of blobs) args.push(ref, bytes);
  args.push(concat(append.refs));
  const { stream, blobs: hash, meta, queue, leases, seen } = names;
  return { keys: [stream, hash, meta, queue, leases, seen], args };
}

/** References end to end: one argument, however many they are. */
function concat(refs: readonly BlobRef[]): Uint8Array {
  const bytes = new Uint8Array(refs.length * BLOB_REF_BYTES);
  refs.forEach((ref, i) => bytes.set(ref, i * BLOB_REF_BYTES));
  return bytes;
}

/**
 * @param reply the script's reply, texts as strings
 * @param refs the references that were sent along
 * @throws TypeError when this is not a reply of the script
 */
export function decodeRedisAppendReply(reply: unknown, refs: readonly BlobRef[]): RedisAppendReply {
  if (!Array.isArray(reply)) throw new TypeError('the append script answered with something else');
  const [outcome, position, places] = reply as unknown[];
  if (outcome !== 'appended' && outcome !== 'duplicate' && outcome !== 'conflict')
    throw new TypeError('the append script answered with an unknown outcome');
  if (typeof position !== 'string' || !Array.isArray(places))
    throw new TypeError('the append script answered without position or references');
  const missing: BlobRef[] = [];
  for (const place of places as unknown[]) {
    const ref = refs[Number(place) - 1];
    if (ref !== undefined) missing.push(ref);
  }
  return { outcome, position, missing };
}
