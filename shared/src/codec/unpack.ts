import { readValue } from './read-value.ts';
import { checkMessagePack, type WalkLimits } from './walker.ts';

/**
 * Decodes one MessagePack value after {@link checkMessagePack}: maps as `Map`, because as an object's
 * key `__proto__` would be lost and others could shadow methods; `bin` as copies; integers beyond
 * ±(2^53 - 1) as `bigint`.
 */
export function unpackMessage(bytes: Uint8Array, limits: WalkLimits): unknown {
  checkMessagePack(bytes, limits);
  return readValue(viewOf(bytes), true);
}

/** The same, with `bin` as views of `bytes`: keeping one keeps all of it. */
export function unpackViews(bytes: Uint8Array, limits: WalkLimits): unknown {
  checkMessagePack(bytes, limits);
  return readValue(viewOf(bytes), false);
}

/** The parts of a Node `Buffer` would be `Buffer`s, and its `slice` no copy. */
function viewOf(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array
    ? bytes
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
