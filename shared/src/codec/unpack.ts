import { Unpackr } from 'msgpackr/unpack';
import { checkMessagePack, type WalkLimits } from './walker.ts';

const options = {
  useRecords: false,
  // Maps, because as an object's key `__proto__` would be renamed, and others could shadow methods.
  mapsAsObjects: false,
  int64AsType: 'auto',
} as object;
const sharing = new Unpackr(options);
const copying = new Unpackr({ ...options, copyBuffers: true });

/**
 * Decodes one MessagePack value after {@link checkMessagePack}: maps as `Map`, `bin` as copies,
 * 64-bit integers outside ±2^53 as `bigint`.
 */
export function unpackMessage(bytes: Uint8Array, limits: WalkLimits): unknown {
  checkMessagePack(bytes, limits);
  return copying.unpack(viewOf(bytes));
}

/** The same, with `bin` as views of `bytes`: keeping one keeps all of it. */
export function unpackViews(bytes: Uint8Array, limits: WalkLimits): unknown {
  checkMessagePack(bytes, limits);
  return sharing.unpack(viewOf(bytes));
}

/**
 * A view of the same bytes: msgpackr leaves a property on what it reads, and the parts of a Node
 * `Buffer` would be `Buffer`s.
 */
function viewOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
