import type { Payload, SpanNode } from '@spantail/protocol';

/** As much as a wide row shows. */
const MOST_CHARACTERS = 160;

/** What a row says of its span beside the name: in one line, its newest or most telling part. */
export function snippetOf(span: SpanNode): string {
  const { error, state, spanType } = span;
  if (error !== undefined) return beginning(error.message === '' ? error.type : error.message);
  if (state === 'open' && span.outputText !== '') return end(span.outputText);
  if (spanType === 'tool' || spanType === 'retrieval') return beginning(previewOf(span.input));
  if (spanType === 'model')
    return beginning(span.output === undefined ? span.outputText : previewOf(span.output));
  return '';
}

/** A text as it is; of a JSON object the first text in it: arguments begin with the telling one. */
function previewOf(payload: Payload | undefined): string {
  if (payload === undefined) return '';
  const { preview, mediaType } = payload;
  if (mediaType === 'text/plain') return preview;
  const first = /^\{"[^"]{1,40}":"((?:[^"\\]|\\.)+)/.exec(preview)?.[1];
  return withoutEscapes(first ?? preview);
}

function withoutEscapes(json: string): string {
  return json.replaceAll(/\\[nrt]/g, ' ').replaceAll('\\"', '"');
}

function beginning(text: string): string {
  return oneLine(text.slice(0, MOST_CHARACTERS * 2)).slice(0, MOST_CHARACTERS);
}

function end(text: string): string {
  const line = oneLine(text.slice(-MOST_CHARACTERS));
  return text.length > MOST_CHARACTERS ? `…${line}` : line;
}

function oneLine(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replace(/^ ?<thinking>/, '')
    .trim();
}

/** Deep trees are drawn closer together, so that names keep their room. */
export function indentPx(depth: number): number {
  const WIDE = 10;
  return depth <= WIDE ? depth * 14 : Math.min(WIDE * 14 + (depth - WIDE) * 3, 200);
}
