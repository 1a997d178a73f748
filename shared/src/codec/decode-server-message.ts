import { LIMITS } from '../limits.ts';
import { ERRORS, type ErrorCode } from '../wire/errors.ts';
import type { ServerMessage } from '../wire/message.ts';
import { readBlob } from './blob-fields.ts';
import { readEntryMarks } from './entry-marks.ts';
import { Fields } from './fields.ts';
import { present } from './present.ts';
import { unpackViews } from './unpack.ts';

const TYPES = [
  'hello',
  'subscribed',
  'events',
  'blobs',
  'live',
  'end',
  'gap',
  'reset',
  'stalled',
  'unsubscribed',
  'goaway',
  'error',
  'heartbeat',
] as const satisfies ServerMessage['type'][];

const WALK = { depth: 8, bytes: LIMITS.ingestBytes, code: 'BAD_MESSAGE' } as const;

/**
 * The message in one binary frame of the server. `events` are views of the frame, to be decoded at
 * once or copied: keeping one keeps the frame. Blobs are copies.
 *
 * @throws SpantailError `BAD_MESSAGE` naming the field, `TOO_LARGE` above `LIMITS.ingestBytes`
 */
export function decodeServerMessage(bytes: Uint8Array): ServerMessage {
  const fields = new Fields(unpackViews(bytes, WALK), 'message', 'BAD_MESSAGE');
  const type = fields.oneOf('type', TYPES);
  switch (type) {
    case 'hello':
      return {
        type,
        protocol: fields.text('protocol'),
        heartbeatMs: fields.integer('heartbeatMs'),
      };
    case 'heartbeat':
      return { type };
    case 'goaway':
      return { type, reason: fields.text('reason'), graceMs: fields.integer('graceMs') };
    case 'error':
      return present({
        type,
        code: knownCode(fields.text('code')),
        message: fields.text('message'),
        streamId: fields.optionalText('streamId'),
      });
    default:
      return readStreamMessage(type, fields);
  }
}

type StreamMessageType = Exclude<ServerMessage['type'], 'hello' | 'heartbeat' | 'goaway' | 'error'>;

function readStreamMessage(type: StreamMessageType, fields: Fields): ServerMessage {
  const streamId = fields.text('streamId');
  switch (type) {
    case 'subscribed':
    case 'live':
      return present({ type, streamId, cursor: fields.optionalText('cursor') });
    case 'events':
      return present({
        type,
        streamId,
        prev: fields.text('prev'),
        cursor: fields.text('cursor'),
        entries: fields.optional('entries', (key) => readEntryMarks(fields, key)),
        events: fields.list('events', (item, path) =>
          item === null ? null : fields.bytesOf(item, path),
        ),
      });
    case 'blobs':
      return {
        type,
        streamId,
        blobs: fields.list('blobs', (item, path) => {
          const blob = readBlob(item, path, 'BAD_MESSAGE');
          return { ref: blob.ref.slice(), bytes: blob.bytes.slice() };
        }),
      };
    case 'end':
      return {
        type,
        streamId,
        cursor: fields.text('cursor'),
        reason: fields.oneOf('reason', ['finished', 'quiet']),
      };
    case 'gap':
      return {
        type,
        streamId,
        after: fields.text('after'),
        cursor: fields.text('cursor'),
        reason: fields.oneOf('reason', ['trimmed']),
      };
    case 'reset':
      return { type, streamId, reason: fields.oneOf('reason', ['recreated', 'lost', 'future']) };
    case 'stalled':
      return { type, streamId, reason: fields.text('reason') };
    case 'unsubscribed':
      return { type, streamId };
  }
}

/** A code this version does not know is a fault of the server to it. */
function knownCode(code: string): ErrorCode {
  return Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'INTERNAL';
}
