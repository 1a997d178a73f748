import {
  PREVIEW_CHARACTERS,
  type Payload,
  type PayloadItem,
  type SpanNode,
} from '@spantail/protocol';
import { firstValue, readableJson } from './readable-json.ts';
import { readableMessage } from './readable-message.ts';
import { lineFrom, lineTo } from './text.ts';

/** Marks of our own readers and of agents: tags that stand at the edge of a line. */
const TAGS = /^<\/?[a-z_]+>|<\/[a-z_]+>$/gm;
/** A short element ahead of the text, such as a return code. */
const HEAD_ELEMENT = /^<([a-z_]+)>\S{0,8}<\/\1>\s*/;
const TOOL_USE = /<tool_use name="([^"\n]*)">(.*?)(?:<\/tool_use>|$)/gm;

/** Text as it is read, without the marks around it. */
export function readableText(text: string): string {
  return text
    .replace(HEAD_ELEMENT, '')
    .replace(TOOL_USE, (_match, name: string, input: string) => `→ ${name} ${firstValue(input)}`)
    .replace(TAGS, '');
}

/** A payload's beginning as one line for people. */
export function payloadLine(payload: Payload, characters: number): string {
  const { mediaType, preview } = payload;
  const text =
    mediaType === 'application/json'
      ? (readableMessage(preview) ?? readableJson(preview))
      : preview;
  return lineFrom(readableText(isCut(payload) ? `${text}…` : text), characters);
}

/** Of more characters than a preview has; one fewer where the last would have been half a pair. */
function isCut({ bytes, preview }: Payload): boolean {
  return preview.length >= PREVIEW_CHARACTERS - 1 && bytes > preview.length;
}

/** What a step was given: of a tool's arguments the first, of a conversation its length. */
export function inputLine({ input, spanType }: SpanNode, characters: number): string {
  if (input === undefined) return '';
  if (spanType === 'model' && input.list === true) {
    const count = input.parts.reduce((sum, item) => sum + elementsIn(item), 0);
    return count === 1 ? '1 message' : `${count} messages`;
  }
  const isCall = spanType === 'tool' || (spanType === 'agent' && !isConversation(input));
  return isCall ? argumentLine(input, characters) : payloadLine(input, characters);
}

function isConversation({ mediaType, preview }: Payload): boolean {
  return mediaType === 'application/json' && readableMessage(preview) !== undefined;
}

/** What a call was about, in short. */
export function argumentLine(input: Payload, characters: number): string {
  const { mediaType, preview } = input;
  if (mediaType === 'application/json') return lineFrom(firstValue(preview), characters);
  const [, , value] = PYTHON_DICT.exec(preview) ?? [];
  return lineFrom(readableText(value ?? preview), characters);
}

/** Python frameworks write down arguments as their language shows them. */
const PYTHON_DICT = /^\{'[^']*': (['"])(.*?)(?:\1[,}]|$)/s;

function elementsIn(item: PayloadItem): number {
  return typeof item === 'object' && 'parts' in item ? item.parts : 1;
}

/** The newest of what a running span has written. */
export function outputTail(text: string, characters: number): string {
  return lineTo(readableText(text.slice(-8 * characters)), characters);
}

/** The beginning of what a span has written. */
export function outputHead(text: string, characters: number): string {
  return lineFrom(readableText(text.slice(0, 8 * characters)), characters);
}
