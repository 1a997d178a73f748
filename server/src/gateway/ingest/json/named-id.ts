import { createHash } from 'node:crypto';
import { SpantailError, isSpanId, isTraceId } from '@spantail/protocol';

const MOST_CHARACTERS = 256;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * [IJ2] The id that a text stands for. Hex of the right length is the id itself, in whatever case; so
 * is a UUID for a trace. Any other text is a name: the beginning of its SHA-256, so that every
 * gateway, and whoever knows the rule, gets the same id for it.
 *
 * @throws SpantailError EVENT_INVALID
 */
export function traceIdOf(text: string, path: string): string {
  const digits = (UUID.test(text) ? text.replaceAll('-', '') : text).toLowerCase();
  return idOf(text, digits, 32, isTraceId, path);
}

/** @throws SpantailError EVENT_INVALID */
export function spanIdOf(text: string, path: string): string {
  return idOf(text, text.toLowerCase(), 16, isSpanId, path);
}

function idOf(
  text: string,
  digits: string,
  length: number,
  isId: (id: string) => boolean,
  path: string,
): string {
  if (isId(digits)) return digits;
  const problem =
    text === ''
      ? 'is empty'
      : text.length > MOST_CHARACTERS
        ? `is longer than ${MOST_CHARACTERS} characters`
        : /^0+$/.test(digits) && digits.length === length
          ? 'is all zeros, which no id is'
          : undefined;
  if (problem !== undefined) throw new SpantailError('EVENT_INVALID', `${path} ${problem}`);
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
