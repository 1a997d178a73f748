import { Packr, Unpackr } from 'msgpackr';

// `useRecords` would write msgpackr's own extension.
const packr = new Packr({ useRecords: false, variableMapSize: true });
const options = { useRecords: false, mapsAsObjects: true, int64AsType: 'number' } as const;
const sharing = new Unpackr(options);
const copying = new Unpackr({ ...options, copyBuffers: true });

/** Standard MessagePack in bytes of its own, so that they can change threads. */
export function pack(value: unknown): Uint8Array<ArrayBuffer> {
  const view = packr.pack(value);
  const bytes = new Uint8Array(view.byteLength);
  bytes.set(view);
  return bytes;
}

/** `bin` as views of `bytes`: keeping one keeps all of it. */
export function unpackViews(bytes: Uint8Array): unknown {
  return sharing.unpack(plain(bytes));
}

/** `bin` as copies. */
export function unpackCopies(bytes: Uint8Array): unknown {
  return copying.unpack(plain(bytes));
}

/** The parts of a Node `Buffer` would be `Buffer`s. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
