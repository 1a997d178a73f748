/** A preview's JSON, which may be cut off anywhere, as far as it goes; `undefined` for other text. */
export function parseCut(json: string): unknown {
  const { open, safe, isInText } = scan(json);
  const text = isInText ? `${json.replace(DANGLING_ESCAPE, '')}"` : json;
  return parse(text + closing(open)) ?? parse(json.slice(0, safe.end) + closing(safe.open));
}

/** Half an escape, at the end of a text that was cut off inside of it. */
const DANGLING_ESCAPE = /(?<!\\)((?:\\\\)*)\\(?:u[0-9a-f]{0,3})?$/i;

/** Brackets that are open, the innermost last, and the last place where all in front is complete. */
function scan(json: string): {
  open: string;
  safe: { end: number; open: string };
  isInText: boolean;
} {
  let open = '';
  let safe = { end: 0, open };
  let isInText = false;
  for (let at = 0; at < json.length; at++) {
    const character = json.charAt(at);
    if (isInText) {
      if (character === '\\') at++;
      else if (character === '"') isInText = false;
    } else if (character === '"') isInText = true;
    else if (character === '{' || character === '[') {
      open += character;
      safe = { end: at + 1, open };
    } else if (character === '}' || character === ']') open = open.slice(0, -1);
    else if (character === ',') safe = { end: at, open };
  }
  return { open, safe, isInText };
}

function closing(open: string): string {
  let closers = '';
  for (const bracket of open) closers = (bracket === '{' ? '}' : ']') + closers;
  return closers;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
