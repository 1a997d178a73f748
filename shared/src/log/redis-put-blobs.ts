import type { Blob } from '../payload/payload.ts';
import type { StreamId } from '../wire/message.ts';
import type { RedisScriptCall } from './redis-append.ts';
import { streamKeys } from './redis-keys.ts';

/**
 * Stores blobs without an entry: those that an append said were missing.
 *
 * KEYS: blobs. ARGV: time to live in milliseconds, then reference and bytes of each.
 */
export const REDIS_PUT_BLOBS_SCRIPT = `
for i = 2, #ARGV, 2 do redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1]) end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[1]) end
`;

/** Blobs for one stream of a log on Redis. */
export interface RedisPutBlobs {
  project: string;
  streamId: StreamId;
  blobs: readonly Blob[];
  /** The blobs disappear when nothing is written to the stream for this long. */
  ttlMs: number;
}

/** Keys and arguments for {@link REDIS_PUT_BLOBS_SCRIPT}. */
export function encodeRedisPutBlobs({
  project,
  streamId,
  blobs,
  ttlMs,
}: RedisPutBlobs): RedisScriptCall {
  const args: (string | Uint8Array)[] = [String(ttlMs)];
  for (const { ref, bytes } of blobs) args.push(ref, bytes);
  const { blobs: hash, stream, meta } = streamKeys(project, streamId);
  return { keys: [hash, stream, meta], args };
}
