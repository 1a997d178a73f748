import { Packr } from 'msgpackr/pack';

// `useRecords` would write msgpackr's own extension; without `variableMapSize` every map would have
// a three-byte header. `undefined` never reaches it: see `present`.
const packr = new Packr({ useRecords: false, variableMapSize: true });

/** Standard MessagePack in bytes of its own (msgpackr hands out views of one shared buffer). */
export function packMessage(value: unknown): Uint8Array {
  const view = packr.pack(value);
  const bytes = new Uint8Array(view.byteLength);
  bytes.set(view);
  return bytes;
}

const SLAB_BYTES = 65_536;
/** Larger ones have memory of their own: they would waste the rest of a slab. */
const MOST_IN_SLAB_BYTES = 4_096;

let slab = new Uint8Array(SLAB_BYTES);
let used = 0;

/**
 * The same for values that come and go in their thousands: their bytes stand in one piece of memory
 * beside each other, because to make and to free a piece for each costs more than to write it. To
 * keep one keeps 64 KiB.
 */
export function packBeside(value: unknown): Uint8Array {
  const view = packr.pack(value);
  const { byteLength } = view;
  if (byteLength > MOST_IN_SLAB_BYTES) return Uint8Array.from(view);
  if (used + byteLength > SLAB_BYTES) {
    slab = new Uint8Array(SLAB_BYTES);
    used = 0;
  }
  slab.set(view, used);
  used += byteLength;
  return slab.subarray(used - byteLength, used);
}
