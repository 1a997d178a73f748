import { SpantailError, type Attributes, type OtelSpan } from '@spantail/protocol';
import { readKeyValue } from './any-value.ts';
import { BYTES, type ProtobufReader } from './reader.ts';

/** A `Resource`'s attributes; what is broken in it costs no span: they end there. */
export function readResource(reader: ProtobufReader): Attributes {
  const attributes: Attributes = {};
  try {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === ((1 << 3) | BYTES)) readKeyValue(reader, attributes);
      else reader.skip(tag);
    }
  } catch (error) {
    if (error instanceof SpantailError) throw error;
    // A half of what the program says of itself is better than none of its spans.
  }
  return attributes;
}

/** An `InstrumentationScope`. */
export function readScope(reader: ProtobufReader): NonNullable<OtelSpan['scope']> {
  const scope: NonNullable<OtelSpan['scope']> = { name: '' };
  try {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === ((1 << 3) | BYTES)) scope.name = reader.text();
      else if (tag === ((2 << 3) | BYTES)) scope.version = reader.text();
      else reader.skip(tag);
    }
  } catch (error) {
    if (error instanceof SpantailError) throw error;
  }
  return scope;
}
