const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/**
 * The texts of a JSON array's elements, cut out of the array's text without parsing them: the way
 * from a snapshot taken with `JSON.stringify` to its parts, without building the value again.
 *
 * @param json well-formed JSON text of an array, as `JSON.stringify` writes it
 */
export function splitJsonArray(json: string): string[] {
  const parts: string[] = [];
  const end = json.length - 1;
  let depth = 0;
  let start = 1;
  for (let i = 1; i < end; i++) {
    const unit = json.charCodeAt(i);
    if (unit === QUOTE) i = endOfString(json, i);
    else if (unit === 0x5b || unit === 0x7b) depth++;
    else if (unit === 0x5d || unit === 0x7d) depth--;
    else if (unit === COMMA && depth === 0) {
      parts.push(json.slice(start, i));
      start = i + 1;
    }
  }
  if (end > start) parts.push(json.slice(start, end));
  return parts;
}

/** Index of the quote that ends the string that begins at `start`. */
function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (end > 0 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end < 0 ? json.length : end;
}

function isEscaped(json: string, at: number): boolean {
  let backslashes = 0;
  while (json.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}
