import type { BlobRef, PayloadChunk, PayloadItem } from './payload.ts';

/** Chunks that may be nested in each other. */
export const MOST_CHUNK_LEVELS = 16;

export function isChunk(item: PayloadItem): item is PayloadChunk {
  return typeof item !== 'string' && !(item instanceof Uint8Array);
}

/** Leaves below an item. */
export function leavesOf(item: PayloadItem): number {
  return isChunk(item) ? item.parts : 1;
}

/** The blob an item names, if it does. */
export function refsOf(item: PayloadItem): BlobRef[] {
  if (typeof item === 'string') return [];
  return [isChunk(item) ? item.chunk : item];
}
