import type { AttributeValue, Attributes } from '@spantail/protocol';
import { BYTES, FIXED64, ProtobufError, VARINT, type ProtobufReader } from './reader.ts';

/** Values inside of each other; the event around them is nested a little, too. */
const MOST_LEVELS = 48;

/** A `KeyValue`, into `attributes`. A later one of the same key wins, as with every SDK. */
export function readKeyValue(reader: ProtobufReader, attributes: Attributes, level = 0): void {
  const outer = reader.enter();
  let key = '';
  let value: AttributeValue = null;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | BYTES)) key = reader.text();
    else if (tag === ((2 << 3) | BYTES)) value = readAnyValue(reader, level);
    else reader.skip(tag);
  }
  reader.leave(outer);
  // On a plain object this one would not be a key.
  if (key !== '__proto__') attributes[key] = value;
}

/** An `AnyValue`: the last of its fields counts; none is null. Bytes become base64 text. */
export function readAnyValue(reader: ProtobufReader, level = 0): AttributeValue {
  if (level > MOST_LEVELS)
    throw new ProtobufError(`an attribute is nested deeper than ${MOST_LEVELS} levels`);
  const outer = reader.enter();
  let value: AttributeValue = null;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case (1 << 3) | BYTES:
        value = reader.text();
        break;
      case (2 << 3) | VARINT:
        value = reader.bool();
        break;
      case (3 << 3) | VARINT:
        value = reader.int64();
        break;
      case (4 << 3) | FIXED64:
        value = reader.double();
        break;
      case (5 << 3) | BYTES:
        value = readArray(reader, level);
        break;
      case (6 << 3) | BYTES:
        value = readMap(reader, level);
        break;
      case (7 << 3) | BYTES:
        value = reader.base64();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outer);
  return value;
}

function readArray(reader: ProtobufReader, level: number): AttributeValue[] {
  const outer = reader.enter();
  const values: AttributeValue[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | BYTES)) values.push(readAnyValue(reader, level + 1));
    else reader.skip(tag);
  }
  reader.leave(outer);
  return values;
}

function readMap(reader: ProtobufReader, level: number): Attributes {
  const outer = reader.enter();
  const values: Attributes = {};
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | BYTES)) readKeyValue(reader, values, level + 1);
    else reader.skip(tag);
  }
  reader.leave(outer);
  return values;
}
