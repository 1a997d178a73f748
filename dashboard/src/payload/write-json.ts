/** Deeper lines are not moved further in: the white space would outgrow what it sets out. */
const MOST_INDENTS = 24;

interface Level {
  close: string;
  /** What is left of it, last first. */
  items: { key: string | undefined; value: unknown }[];
  isFirst: boolean;
}

/**
 * JSON, indented, of any depth: the platform's own writer ends in a stack overflow some thousand
 * levels down. Ends with `…` at `mostCharacters`.
 */
export function writeJson(value: unknown, mostCharacters = Number.POSITIVE_INFINITY): string {
  const levels: Level[] = [];
  const out: string[] = [];
  let length = 0;
  const put = (text: string): void => {
    out.push(text);
    length += text.length;
  };
  const begin = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return put(scalar(value));
    const items = itemsOf(value);
    const [open, close] = Array.isArray(value) ? '[]' : '{}';
    if (items.length === 0) return put(`${open}${close}`);
    put(open ?? '');
    levels.push({ close: close ?? '', items, isFirst: true });
  };
  begin(value);
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    if (length > mostCharacters) return `${out.join('').slice(0, mostCharacters)}…`;
    const item = level.items.pop();
    if (item === undefined) {
      levels.pop();
      put(`${lineBreak(levels.length)}${level.close}`);
      continue;
    }
    put(`${level.isFirst ? '' : ','}${lineBreak(levels.length)}`);
    level.isFirst = false;
    if (item.key !== undefined) put(`${JSON.stringify(item.key)}: `);
    begin(item.value);
  }
  return out.join('');
}

function itemsOf(value: object): Level['items'] {
  const items = Array.isArray(value)
    ? value.map((value: unknown) => ({ key: undefined, value }))
    : Object.entries(value).map(([key, value]: [string, unknown]) => ({ key, value }));
  return items.reverse();
}

function scalar(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}

function lineBreak(depth: number): string {
  return `\n${'  '.repeat(Math.min(depth, MOST_INDENTS))}`;
}
