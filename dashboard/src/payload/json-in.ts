/** A text longer than this is not tried as JSON: it would hold up the page to look. */
const MOST_JSON_CHARACTERS = 2_000_000;

/** The object or list a text is the JSON of. */
export function jsonIn(text: string): unknown {
  if (text.length > MOST_JSON_CHARACTERS || !/^\s*[{[]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
