/** Protobuf by hand, for what no library writes. */

export function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  while (left >= 0x80n) {
    bytes.push(Number(left & 0x7fn) | 0x80);
    left >>= 7n;
  }
  bytes.push(Number(left));
  return Buffer.from(bytes);
}

export function tag(field: number, wire: number): Buffer {
  return varint(field * 8 + wire);
}

/** A field of bytes, text or a message. */
export function bytesField(field: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([tag(field, 2), varint(bytes.length), bytes]);
}

/** An `AnyValue` of arrays inside of each other. */
export function deepValue(levels: number): Buffer {
  let value = bytesField(1, 'bottom');
  for (let i = 0; i < levels; i++) value = bytesField(5, bytesField(1, value));
  return value;
}

/** A `KeyValue`. */
export function attribute(key: string, value: Buffer): Buffer {
  return Buffer.concat([bytesField(1, key), bytesField(2, value)]);
}

/** An `ExportTraceServiceRequest` around spans that are bytes already; or of logs, which nest alike. */
export function requestAround(spans: readonly Buffer[]): Buffer {
  return bytesField(1, bytesField(2, Buffer.concat(spans.map((span) => bytesField(2, span)))));
}
