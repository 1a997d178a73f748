/**
 * MessagePack array of `bin`: how encoded events lie in a log entry and in a frame. Written by hand
 * because the events are already encoded: this only puts headers before them.
 */
export function packEventArray(events: readonly Uint8Array[]): Uint8Array {
  let size = arrayHeaderBytes(events.length);
  for (const event of events) size += binHeaderBytes(event.length) + event.length;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = putArrayHeader(view, events.length);
  for (const event of events) {
    at = putBinHeader(view, at, event.length);
    bytes.set(event, at);
    at += event.length;
  }
  return bytes;
}

function arrayHeaderBytes(count: number): number {
  if (count < 16) return 1;
  return count < 0x1_0000 ? 3 : 5;
}

function putArrayHeader(view: DataView, count: number): number {
  if (count < 16) {
    view.setUint8(0, 0x90 | count);
    return 1;
  }
  if (count < 0x1_0000) {
    view.setUint8(0, 0xdc);
    view.setUint16(1, count);
    return 3;
  }
  view.setUint8(0, 0xdd);
  view.setUint32(1, count);
  return 5;
}

function binHeaderBytes(length: number): number {
  if (length < 0x100) return 2;
  return length < 0x1_0000 ? 3 : 5;
}

function putBinHeader(view: DataView, at: number, length: number): number {
  if (length < 0x100) {
    view.setUint8(at, 0xc4);
    view.setUint8(at + 1, length);
    return at + 2;
  }
  if (length < 0x1_0000) {
    view.setUint8(at, 0xc5);
    view.setUint16(at + 1, length);
    return at + 3;
  }
  view.setUint8(at, 0xc6);
  view.setUint32(at + 1, length);
  return at + 5;
}
