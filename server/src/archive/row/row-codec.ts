import { Packr, Unpackr } from 'msgpackr';
import type { RunRow, SpanRow } from '@spantail/protocol';
import { compress, decompress } from '../compress.ts';

const packr = new Packr({ useRecords: false, variableMapSize: true });
const unpackr = new Unpackr({ useRecords: false, int64AsType: 'number' });

/** A row whole and exact, as both archives keep it beside the columns that it is found by. */
export function encodeRow(row: RunRow | SpanRow): Uint8Array {
  return compress(packr.pack(row));
}

/** The caller knows which kind of row it kept there. */
export function decodeRow<Row extends RunRow | SpanRow>(stored: Uint8Array): Row {
  return unpackr.unpack(decompress(stored)) as Row;
}
