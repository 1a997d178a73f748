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
  const isInWord = /\S$/.test(line.slice(0, -mostCharacters)) && !end.startsWith(' ');
  const whole = isInWord ? end.replace(REST_OF_WORD, '') : end.trimStart();
  return `…${visibleLine(wholeCharacters(whole))}`;
}

/** What is said in a payload, as far as its preview goes. */
export function saidIn({ mediaType, preview }: Payload): string {
  return mediaType === 'text/plain' ? preview : textsIn(preview);
}

/** What is said in the beginning of a JSON value, which may be cut off anywhere. */
export function textsIn(json: string): string {
  const said: string[] = [];
  for (const { index, 0: match, 1: text = '', 2: name } of json.matchAll(SAID))
    if (name === undefined) said.push(unescape(text));
    else said.push(callLine(name, argumentsFrom(json.slice(index + match.length))));
  const found = said.filter((text) => text.trim() !== '');
  return found.length === 0 ? withoutEscapes(json) : found.join(' ');
}

/** A text, as one exporter writes it for the whole answer too; or a call with its arguments behind it. */
const SAID =
  /(?:"(?:text|content|thinking)"\s*:\s*|^\s*\[?\s*\{\s*"(?:ai|assistant|model)"\s*:\s*)"((?:[^"\\]|\\.)*)|"name"\s*:\s*"([^"\\]{1,120})"\s*,\s*"(?:args|arguments|input)"\s*:\s*/g;
/** Arguments: JSON, or a text that is JSON. */
const QUOTED = /^"((?:[^"\\]|\\.)*)/;
/** As far as arguments that are not closed in the preview go. */
const NEXT_CALL = /"(?:name|tool_use_id)"\s*:/;

function argumentsFrom(json: string): string {
  const quoted = QUOTED.exec(json)?.[1];
  if (quoted !== undefined) return unescape(quoted);
  return json.startsWith('{}') ? '' : json.split(NEXT_CALL, 1).join('');
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
    .replaceAll(CALL, (_, name: string, input: string) =>
      callLine(name, input.replace(END_CALL, '')),
    )
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function callLine(name: string, input: string): string {
  const argument = input === '' ? '' : argumentIn(input);
  const isLong = argument.length > MOST_ARGUMENT;
  return `→ ${name} ${isLong ? `${argument.slice(0, MOST_ARGUMENT)}…` : argument}`.trimEnd();
}

/** Without halves of one at the ends. */
function wholeCharacters(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '');
}
