import { crc32 } from 'node:zlib';
import { BLOB_REF_BYTES, type BlobRef, type EndReason } from '@spantail/protocol';
import type { LogEntry } from '../event-log.ts';

/** An entry as XRANGE answers it. */
export type RawEntry = [id: Buffer, fields: Buffer[]];

/** Copies what is kept: the reply's buffers are windows into whole socket chunks. */
export function decodeEntry([id, fields]: RawEntry): LogEntry {
  const entry: LogEntry = {
    position: id.toString('latin1'),
    producer: '',
    number: 0,
    fin: false,
    events: EMPTY_ARRAY,
    count: 0,
    check: '',
    blobRefs: [],
  };
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const value = fields[i + 1] as Buffer;
    switch (fields[i]?.toString('latin1')) {
      case 'p':
        entry.producer = value.toString('latin1');
        break;
      case 'n':
        entry.number = Number(value.toString('latin1'));
        break;
      case 'e':
        entry.events = new Uint8Array(value);
        break;
      case 'c':
        entry.count = Number(value.toString('latin1'));
        break;
      case 'f':
        entry.fin = true;
        break;
      case 'h':
        entry.blobRefs = splitRefs(new Uint8Array(value));
        break;
      case 'x':
        entry.end = value.toString('latin1') as EndReason;
        break;
      default:
      // A field of a newer version.
    }
  }
  entry.check = crc32(entry.events).toString(16).padStart(8, '0');
  return entry;
}

const EMPTY_ARRAY = Uint8Array.of(0x90);

function splitRefs(bytes: Uint8Array): BlobRef[] {
  const refs: BlobRef[] = [];
  for (let at = 0; at < bytes.length; at += BLOB_REF_BYTES)
    refs.push(bytes.subarray(at, at + BLOB_REF_BYTES));
  return refs;
}
