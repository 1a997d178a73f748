import type { Attributes, AttributeValue } from '@spantail/protocol';

/** Longest text inside an event. Recorded texts have no bound; events have one (LIMITS). */
export const MAX_TEXT_CHARACTERS = 32_768;

/** Cuts a text, saying so, and never between the halves of a surrogate pair. */
export function limitText(text: string, characters = MAX_TEXT_CHARACTERS): string {
  if (text.length <= characters) return text;
  return `${text.slice(0, splitAt(text, characters - 1))}…`;
}

/** Pieces of at most so many characters that add up to the text. */
export function splitText(text: string, characters = MAX_TEXT_CHARACTERS): string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length;) {
    const to = from + characters >= text.length ? text.length : splitAt(text, from + characters);
    pieces.push(text.slice(from, to));
    from = to;
  }
  return pieces;
}

export function limitAttributes(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [key, limitValue(value)]),
  );
}

function limitValue(value: AttributeValue): AttributeValue {
  if (typeof value === 'string') return limitText(value);
  if (typeof value !== 'object' || value === null) return value;
  // A large nested attribute is shown as far as its JSON fits.
  const json = JSON.stringify(value);
  return json.length <= MAX_TEXT_CHARACTERS ? value : limitText(json);
}

function splitAt(text: string, index: number): number {
  const before = text.charCodeAt(index - 1);
  return before >= 0xd800 && before <= 0xdbff ? index - 1 : index;
}
