import type { SpanNode } from '@spantail/protocol';
import {
  argumentLine,
  inputLine,
  outputHead,
  outputTail,
  payloadLine,
  readableText,
} from './readable.ts';
import { fit, fitEnd, lineFrom } from './text.ts';

/** Fewer columns say nothing. */
const FEW_COLUMNS = 6;
/** Share of the room that a tool's arguments take at most while there is a result. */
const ARGUMENT_SHARE = 0.45;

/** The one thing worth a look: why it failed, what it says right now, or what came out. */
export function spanDetail(span: SpanNode, columns: number): string {
  if (columns < FEW_COLUMNS) return '';
  // Wide characters and removed ones: more text than columns is read, but never all of it.
  const characters = 4 * columns;
  if (span.state === 'lost') return fit('lost: its publisher went silent', columns);
  if (span.status === 'error') return fit(failureLine(span, characters), columns);
  if (span.state !== 'closed') {
    const { outputText } = span;
    if (outputText === '') return fit(inputLine(span, characters), columns);
    return fitEnd(outputTail(outputText, characters), columns);
  }
  const result = resultLine(span, characters);
  if (span.spanType !== 'tool' && span.spanType !== 'retrieval')
    return fit(result === '' ? inputLine(span, characters) : result, columns);
  const given = span.input === undefined ? '' : argumentLine(span.input, characters);
  if (given === '' || result === '') return fit(given + result, columns);
  const most = Math.floor(columns * ARGUMENT_SHARE);
  // Of a path or an address the end tells more.
  const shown = /^\S*\/\S*$/.test(given) ? fitEnd(given, most) : fit(given, most);
  return fit(`${shown} → ${result}`, columns);
}

function resultLine({ output, outputText }: SpanNode, characters: number): string {
  return output === undefined
    ? outputHead(outputText, characters)
    : payloadLine(output, characters);
}

function failureLine({ error }: SpanNode, characters: number): string {
  if (error === undefined) return 'failed';
  const message = lineFrom(readableText(error.message.slice(0, characters)), characters);
  const type = lineFrom(error.type, characters);
  if (message === '') return type;
  // A class of error says something; a bare word (`error`, `tool_error`) only repeats the mark.
  return /[A-Z]/.test(type) && !message.startsWith(type) ? `${type}: ${message}` : message;
}
