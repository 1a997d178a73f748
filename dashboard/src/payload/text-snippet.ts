import type { Payload } from '@spantail/protocol';
import { tellingArgument } from './telling-argument.ts';
import { visibleLine } from './visible-text.ts';

/** So many times the text of a snippet is looked at: marks and blanks in it are left out. */
const LOOK = 8;

/** The beginning of a text as one line. */
export function beginningOf(text: string, mostCharacters: number): string {
  const line = oneLine(text.slice(0, mostCharacters * LOOK));
  return visibleLine(wholeCharacters(line.slice(0, mostCharacters)));
}

/** Not of scripts without blanks: there it would be the whole sentence. */
const REST_OF_WORD = /^\S{1,24} /;

/** The end of a text as one line, from the beginning of a word. */
export function endOf(text: string, mostCharacters: number): string {
  const from = wholeCall(text, Math.max(0, text.length - mostCharacters * LOOK));
  const line = oneLine(text.slice(from));
  const isCut = line.length > mostCharacters || from > 0;
  const end = line.slice(-mostCharacters);
  if (!isCut) return visibleLine(wholeCharacters(end));
  const isInWord = line.length > mostCharacters && !line.slice(0, -mostCharacters).endsWith(' ');
  return `…${visibleLine(wholeCharacters(isInWord ? end.replace(REST_OF_WORD, '') : end))}`;
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

/** What a call's arguments, as JSON, are about. */
export function argumentIn(json: string): string {
  return tellingArgument(json) ?? withoutEscapes(json);
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
    .replaceAll(CALL, (_, name: string, input: string) => `→ ${name} ${shortArgument(input)}`)
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function shortArgument(input: string): string {
  const argument = argumentIn(input.replace(END_CALL, ''));
  return argument.length > MOST_ARGUMENT ? `${argument.slice(0, MOST_ARGUMENT)}…` : argument;
}

/** Without halves of one at the ends. */
function wholeCharacters(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '');
}
