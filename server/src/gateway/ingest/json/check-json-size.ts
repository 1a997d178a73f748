import { LIMITS, SpantailError } from '@spantail/protocol';

/** Levels of a body: values that are nested deeper cannot be written again. */
const MOST_LEVELS = 512;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
/** `[` and `{`, and `]` and `}`, are the same but for this bit. */
const CASE_BIT = 0x20;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/**
 * Counts what JSON would become before it is parsed: `[[],[],…]` of a request's size takes twenty
 * times its bytes as objects. Sound JSON is counted right; anything else the parser refuses.
 *
 * @throws SpantailError TOO_LARGE, EVENT_INVALID
 */
export function checkJsonSize(body: Uint8Array, mostValues: number = LIMITS.jsonValues): void {
  let values = 1;
  let level = 0;
  for (let i = 0; i < body.byteLength; i++) {
    const byte = body[i] ?? 0;
    if (byte === QUOTE) i = closingQuote(body, i);
    else if (byte === COMMA) values++;
    else if ((byte | CASE_BIT) === OPENING) {
      values++;
      if (++level > MOST_LEVELS)
        throw new SpantailError(
          'EVENT_INVALID',
          `the body is nested deeper than ${MOST_LEVELS} levels; send what is nested so deep as text`,
        );
    } else if ((byte | CASE_BIT) === CLOSING) level--;
  }
  if (values > mostValues)
    throw new SpantailError(
      'TOO_LARGE',
      `the body has ${values} values, more than the limit of ${mostValues}; send it in several requests`,
    );
}

/** Index of the quote that ends the text; behind the body when it does not end. */
function closingQuote(body: Uint8Array, start: number): number {
  for (let i = body.indexOf(QUOTE, start + 1); i !== -1; i = body.indexOf(QUOTE, i + 1)) {
    let backslashes = 0;
    while (body[i - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return i;
  }
  return body.byteLength;
}
