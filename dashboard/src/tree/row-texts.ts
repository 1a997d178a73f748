import type { Payload, SpanNode } from '@spantail/protocol';
import { argumentIn, beginningOf, endOf, saidIn } from '../payload/text-snippet.ts';
import { functionOf } from './span-title.ts';

/** As much as a wide row shows. */
const MOST_CHARACTERS = 160;

/** What a row says of its span beside the name: in one line, its newest or most telling part. */
export function snippetOf(span: SpanNode): string {
  const { error, state, spanType, input, output, outputText } = span;
  if (error !== undefined) return beginning(error.message === '' ? error.type : error.message);
  if (state === 'open' && outputText !== '') return endOf(outputText, MOST_CHARACTERS);
  if (spanType === 'tool' || spanType === 'retrieval') return argumentOf(input);
  if (spanType === 'model') return beginning(output === undefined ? outputText : saidIn(output));
  return functionOf(span);
}

/** Whether it is the end of a text that grows, of which the end matters most. */
export function isTail({ error, state, outputText }: SpanNode): boolean {
  return error === undefined && state === 'open' && outputText !== '';
}

/** Some publishers send long ones whole, too. */
const MOST_OF_INPUT = 2_000;
/** Also with a word in front, as some exporters write them. */
const FIELDS = /^\s*(?:\w+:\s*)?[[{]/;
const EMPTY = /^\s*(?:\{\s*\}|\[\s*\])\s*$/;

/** What a call is about, in one line. */
export function argumentOf(input: Payload | undefined): string {
  if (input === undefined) return '';
  const { preview, parts, list } = input;
  const [only] = parts;
  // A short one is here as a whole.
  const isWhole = list !== true && parts.length === 1 && typeof only === 'string';
  const text = isWhole ? only.slice(0, MOST_OF_INPUT) : preview;
  if (EMPTY.test(text)) return '';
  return beginning(FIELDS.test(text) ? argumentIn(text) : text);
}

function beginning(text: string): string {
  return beginningOf(text, MOST_CHARACTERS);
}

/** Deep trees are drawn closer together, so that names keep their room. */
export function indentPx(depth: number): number {
  const WIDE = 10;
  return depth <= WIDE ? depth * 14 : Math.min(WIDE * 14 + (depth - WIDE) * 3, 200);
}
