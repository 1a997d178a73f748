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
  const from = wholeCall(text, Math.max(0, text.length - mostCharacters * LOOK));
  const line = oneLine(text.slice(from));
  const isCut = line.length > mostCharacters || from > 0;
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

const FIRST_TEXT =
  /^\{\s*(?:"[^"]{1,40}"\s*:\s*[\w.-]+\s*,\s*)*"[^"]{1,40}"\s*:\s*"((?:[^"\\]|\\.)+)/;

/** Of a JSON object the first text in it: the telling one of a call's arguments. */
export function firstTextIn(json: string): string {
  return withoutEscapes(FIRST_TEXT.exec(json)?.[1] ?? json);
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

/** The blocks of a recorded session, as `readBlocks` knows them. Of a call, what it is about. */
const BEGIN_CALL = '<tool_use name="';
const CALL = /^<tool_use name="([^"\n]*)">(.{0,400}).*$/gm;
const END_CALL = /<\/tool_use>$/;
const THOUGHT = /^<\/?thinking>$/gm;
const MOST_ARGUMENT = 80;
/** A call may write a whole file: what is before the end of it is looked through so far. */
const MOST_CALL = 100_000;

/** Where to begin so that a call is whole, if `from` is inside of one: it is a line. */
function wholeCall(text: string, from: number): number {
  const lineFrom = text.lastIndexOf('\n', from - 1) + 1;
  const isCall = from - lineFrom < MOST_CALL && text.startsWith(BEGIN_CALL, lineFrom);
  return from > 0 && isCall ? lineFrom : from;
}

function oneLine(text: string): string {
  return text
    .replaceAll(THOUGHT, '')
    .replaceAll(CALL, (_, name: string, input: string) => `→ ${name} ${argumentIn(input)}`)
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function argumentIn(input: string): string {
  const argument = firstTextIn(input.replace(END_CALL, ''));
  return argument.length > MOST_ARGUMENT ? `${argument.slice(0, MOST_ARGUMENT)}…` : argument;
}

/** Without halves of one at the ends. */
function wholeCharacters(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '');
}
