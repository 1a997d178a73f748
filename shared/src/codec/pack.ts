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
