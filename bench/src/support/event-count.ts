const EVENTS_KEY = Buffer.from('\xa6events', 'latin1');
/** Behind the value of `type`, which is the same text. */
const HEAD_BYTES = 16;

/**
 * How many events a frame has, from its header alone, and 0 for other messages: a thousand viewers
 * that decode everything would be what is measured.
 */
export function eventCount(frame: Buffer): number {
  if (frame.indexOf(EVENTS_KEY, 0) !== 6) return 0;
  const at = frame.indexOf(EVENTS_KEY, HEAD_BYTES) + EVENTS_KEY.length;
  const token = frame[at] ?? 0;
  if (token >= 0x90 && token <= 0x9f) return token & 0x0f;
  if (token === 0xdc) return frame.readUInt16BE(at + 1);
  if (token === 0xdd) return frame.readUInt32BE(at + 1);
  throw new Error('not an events frame');
}
