import type { Message } from './message.ts';

/** A message as Python prints one of its objects: the role and the text, then a lot of `None`. */
const PRINTED =
  /^role='(\w{1,40})' content=(?:None|'([^'\\]*(?:\\[\s\S][^'\\]*)*)'|"([^"\\]*(?:\\[\s\S][^"\\]*)*)") \w+=/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** `undefined` for any other text. */
export function readPrinted(text: string): Message | undefined {
  const match = PRINTED.exec(text);
  if (match === null) return undefined;
  const [, role = '', single, double] = match;
  const said = (single ?? double ?? '').replaceAll(
    /\\([\s\S])/g,
    (_, letter: string) => ESCAPES[letter] ?? letter,
  );
  if (said === '') return { role, parts: [] };
  if (role !== 'tool') return { role, parts: [{ kind: 'text', text: said }] };
  const fields = text.slice(match[0].length);
  const name = /\btool_name='([^'\\]*)'/.exec(fields)?.[1];
  return {
    role,
    parts: [
      {
        kind: 'tool-result',
        ...(name === undefined ? {} : { name }),
        output: said,
        failed: /\btool_call_error=True\b/.test(fields),
      },
    ],
  };
}
