import { expect, it } from 'vitest';
import { BlobCache } from '../../../agent/src/publisher/blob-cache.ts';
import { hashBlob } from '../../../agent/src/publisher/hash-blob.ts';

const text = (i: number): string => `message ${String(i).padStart(4, '0')} ${'é'.repeat(87)}`;
/** Two bytes a character, and the UTF-8. */
const BYTES = 2 * text(0).length + Buffer.byteLength(text(0));

it('gives the blob of a text, the same one while it is in use', () => {
  const cache = new BlobCache(10 * BYTES);
  const first = cache.blobOf(text(0));
  expect(Buffer.from(first.bytes).toString()).toBe(text(0));
  expect(first.ref).toEqual(hashBlob(first.bytes));
  for (let i = 1; i < 100; i++) {
    cache.blobOf(text(i));
    expect(cache.blobOf(text(0))).toBe(first);
  }
});

it('lets go of what is no longer used, within its bytes', () => {
  const cache = new BlobCache(10 * BYTES);
  const first = cache.blobOf(text(0));
  for (let i = 1; i <= 10; i++) cache.blobOf(text(i));
  const again = cache.blobOf(text(0));
  expect(again).not.toBe(first);
  expect(again).toEqual(first);
});

it('keeps nothing that would push out all the rest', () => {
  const cache = new BlobCache(10 * BYTES);
  const kept = cache.blobOf(text(0));
  cache.blobOf('x'.repeat(10 * BYTES));
  expect(cache.blobOf(text(0))).toBe(kept);
});
