/** Arguments that say what a call is about, the most telling first, whatever tool they are of. */
const TELLING: readonly RegExp[] = [
  /^(?:command|cmd|script|sql|shell)$/,
  /^(?:pattern|regex|glob|query|queries|q|search|searchterm|question)$/,
  /^(?:url|urls|uri|href)$/,
  /^(?:\w*path|\w*file|filename|\w*directory|dir)$/,
  /^(?:code|expression|prompt|message|task|subject|title|description|content|text)$/,
];
const PATH = 3;
const SEARCH = 1;
/** Settings, and what is only there to tell two calls apart. */
const NOT_TELLING = /(?:^|_)(?:id|ids|uuid|str|at|mode|type|format|encoding|language|timeout)$/;

/** A field anywhere in JSON, or in a Python dictionary as text; the end may be cut off. */
const FIELD =
  /(["'])([\w.-]{1,60})\1\s*:\s*(?:"((?:[^"\\]|\\.)*)("?)|'((?:[^'\\]|\\.)*)('?)|(-?\d[\w.+-]*|true|false|True|False)(?=[\s,}\]]))/g;
/** Of a long input the beginning tells, or nothing does. */
const MOST_CHARACTERS = 4_000;
const MOST_FIELDS = 40;
/** Calls wrapped into calls. */
const MOST_LEVELS = 2;
const MOST_PATH_CHARACTERS = 44;

interface Field {
  rank: number;
  key: string;
  text: string;
  isText: boolean;
  isCut: boolean;
}

/**
 * What a call is about, out of its arguments as JSON, which may be cut off anywhere: a command, what
 * is looked for, an address, the end of a path. `undefined` where they name nothing.
 */
export function tellingArgument(input: string, level = 0): string | undefined {
  const fields = fieldsIn(input.slice(0, MOST_CHARACTERS));
  const best = fields.reduce<Field | undefined>(
    (best, field) => (best === undefined || field.rank < best.rank ? field : best),
    undefined,
  );
  if (best === undefined) return undefined;
  if (best.rank < TELLING.length) {
    const place = best.rank === SEARCH ? fields.find(({ rank }) => rank === PATH) : undefined;
    const said = shown(best);
    return place === undefined ? said : `${said} in ${shown(place)}`;
  }
  const texts = fields.filter(({ isText }) => isText);
  const [only] = texts;
  if (only === undefined) return undefined;
  // Arguments of a call as text in one field of another.
  const inner = level < MOST_LEVELS ? tellingArgument(only.text, level + 1) : undefined;
  if (inner !== undefined) return inner;
  const telling = texts.filter(({ key }) => !NOT_TELLING.test(key.toLowerCase()));
  if (telling.length <= 1) return (telling[0] ?? only).text;
  return telling.map(({ key, text }) => `${key}: ${text}`).join(', ');
}

/** The end of a long path: what is before it is the same in many. */
export function pathEnd(path: string): string {
  if (path.length <= MOST_PATH_CHARACTERS) return path;
  const separator = path.includes('/') ? '/' : '\\';
  const parts = path.split(separator);
  let end = parts.pop() ?? '';
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    if (end.length + part.length >= MOST_PATH_CHARACTERS) break;
    end = `${part}${separator}${end}`;
  }
  return end.length === path.length ? path : `…${separator}${end}`;
}

function fieldsIn(input: string): Field[] {
  const fields: Field[] = [];
  for (const match of input.matchAll(FIELD)) {
    const [, , key = '', double, doubleEnd, single, singleEnd, plain] = match;
    const raw = double ?? single;
    const text = raw === undefined ? (plain ?? '') : unescaped(raw);
    if (text.trim() === '') continue;
    const isText = raw !== undefined;
    fields.push({
      rank: isText ? rankOf(key) : TELLING.length,
      key,
      text,
      isText,
      isCut: isText && (doubleEnd ?? singleEnd) === '',
    });
    if (fields.length >= MOST_FIELDS) break;
  }
  return fields;
}

function rankOf(key: string): number {
  const small = key.toLowerCase();
  const at = TELLING.findIndex((names) => names.test(small));
  return at === -1 ? TELLING.length : at;
}

/** Of a path that is cut off there is no end to show. */
function shown({ rank, text, isCut }: Field): string {
  if (rank !== PATH) return text;
  return isCut ? `${text}…` : pathEnd(text);
}

function unescaped(text: string): string {
  try {
    return String(JSON.parse(`"${text.replaceAll(/(^|[^\\])"/g, String.raw`$1\"`)}"`));
  } catch {
    return text.replaceAll(/\\+[nrt]/g, ' ').replaceAll(/\\+(["'])/g, '$1');
  }
}
