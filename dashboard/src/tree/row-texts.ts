import type { Payload, SpanNode } from '@spantail/protocol';
import { beginningOf, endOf, firstTextIn, saidIn } from '../payload/text-snippet.ts';

/** As much as a wide row shows. */
const MOST_CHARACTERS = 160;

/** What a row says of its span beside the name: in one line, its newest or most telling part. */
export function snippetOf(span: SpanNode): string {
  const { error, state, spanType, input, output, outputText } = span;
  if (error !== undefined) return beginning(error.message === '' ? error.type : error.message);
  if (state === 'open' && outputText !== '') return endOf(outputText, MOST_CHARACTERS);
  if (spanType === 'tool' || spanType === 'retrieval') return beginning(argumentIn(input));
  if (spanType === 'model') return beginning(output === undefined ? outputText : saidIn(output));
  return '';
}

function argumentIn(payload: Payload | undefined): string {
  if (payload === undefined) return '';
  const { preview, mediaType } = payload;
  return mediaType === 'text/plain' ? preview : firstTextIn(preview);
}

function beginning(text: string): string {
  return beginningOf(text, MOST_CHARACTERS);
}

/** Deep trees are drawn closer together, so that names keep their room. */
export function indentPx(depth: number): number {
  const WIDE = 10;
  return depth <= WIDE ? depth * 14 : Math.min(WIDE * 14 + (depth - WIDE) * 3, 200);
}
