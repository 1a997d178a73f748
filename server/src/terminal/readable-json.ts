/** A message of a conversation: only what it says is worth the room. */
const MESSAGE_HEAD =
  /^\[?\{"(?:role":"\w+","(?:content|parts)|human|ai|system|user|assistant)":(?:\[\{"type":"text","(?:text|content)":)?(?=["{[])/;
const FIRST_KEY = /^\{"(?:[^"\\]|\\.)*":/;

/**
 * JSON, which may be cut off anywhere, as a line: `{"command":"ls","limit":5}` reads
 * `command: ls, limit: 5`, and an object of one value reads as that value.
 */
export function readableJson(json: string): string {
  const text = json.replace(MESSAGE_HEAD, '');
  const [only] = FIRST_KEY.exec(text) ?? [];
  const isAlone = only !== undefined && secondKeyAt(text) === -1;
  return plain(isAlone ? text.slice(only.length) : text);
}

/** The first text in an object, which is what a tool's call is about; other JSON as a whole. */
export function firstValue(json: string): string {
  let object = json;
  for (let members = 0; members < MOST_MEMBERS; members++) {
    const [key] = FIRST_KEY.exec(object) ?? [];
    if (key === undefined) break;
    const end = secondKeyAt(object);
    const value = end === -1 ? object.slice(key.length) : object.slice(key.length, end);
    if (value.startsWith('"')) return plain(value);
    if (end === -1) break;
    object = `{${object.slice(end + 1)}`;
  }
  return readableJson(json);
}

/** Members of an object that are looked at. */
const MOST_MEMBERS = 8;

/** Strings without quotes, no braces, and room behind colons and commas. */
function plain(json: string): string {
  return json
    .replace(
      /"((?:[^"\\]|\\.)*)(?:"|\\?$)|[{}[\]]|([,:])(?=\S)/g,
      (_match, text: string | undefined, mark: string | undefined) => {
        if (text !== undefined) return unescapeJson(text);
        return mark === undefined ? '' : `${mark} `;
      },
    )
    .trim();
}

/** Where the comma between the first two members of an object stands; -1 when there is none. */
function secondKeyAt(object: string): number {
  let depth = 0;
  for (const { 0: token, index } of object.matchAll(/"(?:[^"\\]|\\.)*(?:"|\\?$)|[{}[\],]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (token === ',' && depth === 1) return index;
  }
  return -1;
}

const ESCAPED: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '', f: '' };

function unescapeJson(text: string): string {
  return text.replace(/\\(?:u([0-9a-f]{4})|(.))/gi, (_match, hex: string | undefined, char) =>
    hex === undefined
      ? (ESCAPED[String(char)] ?? String(char))
      : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
