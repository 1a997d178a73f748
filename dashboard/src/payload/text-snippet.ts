import type { Payload } from '@spantail/protocol';
import { visibleLine } from './visible-text.ts';

/** So many times the text of a snippet is looked at: marks and blanks in it are left out. */
const LOOK = 8;

/** The beginning of a text as one line. */
export function beginningOf(text: string, mostCharacters: number): string {
  const line = oneLine(text.slice(0, mostCharacters * LOOK));
  return visibleLine(wholeCharacters(line.slice(0, mostCharacters)));
}

/** The end of a text as one line. */
export function endOf(text: string, mostCharacters: number): string {
  const line = oneLine(text.slice(-mostCharacters * LOOK));
  const isCut = line.length > mostCharacters || text.length > mostCharacters * LOOK;
  const end = visibleLine(wholeCharacters(line.slice(-mostCharacters)));
  return isCut ? `…${end}` : end;
}

/** What is said in a payload, as far as its preview goes. */
export function saidIn({ mediaType, preview }: Payload): string {
  return mediaType === 'text/plain' ? preview : textsIn(preview);
}

/** The texts in the beginning of a JSON value, which may be cut off anywhere. */
export function textsIn(json: string): string {
  const texts: string[] = [];
  for (const [, text = ''] of json.matchAll(
    /"(?:text|content|thinking)"\s*:\s*"((?:[^"\\]|\\.)*)/g,
  ))
    texts.push(unescape(text));
  const found = texts.filter((text) => text.trim() !== '');
  return found.length === 0 ? withoutEscapes(json) : found.join(' ');
}

/** Of a JSON object the first text in it: arguments begin with the telling one. */
export function firstTextIn(json: string): string {
  const first = /^\{"[^"]{1,40}":"((?:[^"\\]|\\.)+)/.exec(json)?.[1];
  return withoutEscapes(first ?? json);
}

/** JSON, which may hold JSON in its strings again, as it reads. */
export function withoutEscapes(json: string): string {
  return json.replaceAll(/\\+[nrt]/g, ' ').replaceAll(/\\+"/g, '"');
}

function unescape(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

/** The blocks of a recorded session, as `readBlocks` knows them: also those cut off at an end. */
const CALL = /^<tool_use name="([^"\n]*)">(.*?)(?:<\/tool_use>)?$/gm;
const REST_OF_CALL = /^(.*)<\/tool_use>$/gm;
const THOUGHT = /^<\/?thinking>$/gm;

function oneLine(text: string): string {
  return text
    .replaceAll(THOUGHT, '')
    .replaceAll(CALL, (_, name: string, input: string) => `→ ${name} ${firstTextIn(input)}`)
    .replaceAll(REST_OF_CALL, (_, input: string) => withoutEscapes(input))
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** Without halves of one at the ends. */
function wholeCharacters(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '');
}
