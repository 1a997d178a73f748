import type { SpanNode } from '@spantail/protocol';
import { endOf, saidIn } from '../payload/text-snippet.ts';

/** A tile has room for the end of a text. */
const MOST_CHARACTERS = 360;

/** The end of what a span says, without loading anything: its stream, else its output's preview. */
export function lastWords({ outputText, output }: Pick<SpanNode, 'outputText' | 'output'>): string {
  if (outputText !== '') return endOf(outputText, MOST_CHARACTERS);
  return output === undefined ? '' : endOf(saidIn(output), MOST_CHARACTERS);
}
