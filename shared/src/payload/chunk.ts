import { packMessage } from '../codec/pack.ts';
import { writePayloadItem } from '../codec/write-payload.ts';
import { fnv1a } from '../wire/cursor.ts';
import { MOST_CHUNK_LEVELS, leavesOf } from './item.ts';
import type { Blob, BlobHash, PayloadChunk, PayloadItem } from './payload.ts';

/** A chunk ends behind an item with these bits clear: one in `2^BOUNDARY_BITS` on average. */
const BOUNDARY_BITS = 2;
/** A run without a boundary is cut here, so that a list is short whatever it holds. */
const MOST_ITEMS = 64;

/**
 * Shares runs of items between successive lists. The places to cut depend on nothing but the items
 * near them, so an agent that re-sends its conversation, also with a message rewritten in the
 * middle, cuts the same runs again, without a memory of what it sent. Each run becomes a blob; the
 * runs' references are cut the same way, level by level. What follows the last cut stays as it is.
 * A list of n items thus has about log n references, and one more item makes about one new blob.
 */
export function chunkItems(items: PayloadItem[], hash: BlobHash): ChunkedItems {
  const blobs: Blob[] = [];
  const tails: PayloadItem[][] = [];
  let level = items;
  for (let depth = 0; depth < MOST_CHUNK_LEVELS && level.length > 1; depth++) {
    const { runs, tail } = cut(level, depth);
    tails.unshift(tail);
    level = runs.map((run) => asItem(run, hash, blobs));
  }
  return { items: [...level, ...tails.flat()], blobs };
}

export interface ChunkedItems {
  items: PayloadItem[];
  blobs: Blob[];
}

function cut(items: PayloadItem[], depth: number): { runs: PayloadItem[][]; tail: PayloadItem[] } {
  const runs: PayloadItem[][] = [];
  let run: PayloadItem[] = [];
  for (const item of items) {
    run.push(item);
    if (!isBoundary(item, depth) && run.length < MOST_ITEMS) continue;
    runs.push(run);
    run = [];
  }
  return { runs, tail: run };
}

/** Each level looks at other bits: a run of one item comes again on the next level. */
function isBoundary(item: PayloadItem, depth: number): boolean {
  const bits = itemHash(item) >>> (depth * BOUNDARY_BITS);
  return (bits & ((1 << BOUNDARY_BITS) - 1)) === 0;
}

/** References are hashes already. */
function itemHash(item: PayloadItem): number {
  if (typeof item === 'string') return fnv1a(item);
  const [a = 0, b = 0, c = 0, d = 0] = item instanceof Uint8Array ? item : item.chunk;
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

function asItem(run: PayloadItem[], hash: BlobHash, blobs: Blob[]): PayloadItem {
  const [only] = run;
  if (run.length === 1 && only !== undefined) return only;
  const bytes = packMessage(run.map(writePayloadItem));
  const ref = hash(bytes);
  blobs.push({ ref, bytes });
  let parts = 0;
  for (const item of run) parts += leavesOf(item);
  return { chunk: ref, parts } satisfies PayloadChunk;
}
