import { Packr, Unpackr } from 'msgpackr';
import type { RunRow, SpanRow } from '@spantail/protocol';
import { compress, decompress } from '../compress.ts';

/** Compressing a small row costs more than all the rest of writing it, and saves 300 bytes. */
const WORTH_BYTES = 1_024;

const packr = new Packr({ useRecords: false, variableMapSize: true });
// References as bytes of their own: views would hold the whole answer of the database.
const unpackr = new Unpackr({ useRecords: false, int64AsType: 'number', copyBuffers: true });

/** A row whole and exact, as both archives keep it beside the columns that it is found by. */
export function encodeRow(row: RunRow | SpanRow): Uint8Array {
  return compress(packr.pack(row), WORTH_BYTES);
}

export function decodeRunRow(stored: Uint8Array): RunRow {
  return unpack(stored) as RunRow;
}

export function decodeSpanRow(stored: Uint8Array): SpanRow {
  return unpack(stored) as SpanRow;
}

function unpack(stored: Uint8Array): unknown {
  const { buffer, byteOffset, byteLength } = decompress(stored);
  // No `Buffer`, so that what is copied out of it is none.
  return unpackr.unpack(new Uint8Array(buffer, byteOffset, byteLength));
}
