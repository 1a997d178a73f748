import type { Attributes, Payload, SpanNode } from '@spantail/protocol';
import { excerptAt } from './excerpt.ts';
import { textPattern } from './text-pattern.ts';

/** Of what streams the end is looked through. */
const MOST_CHARACTERS = 64 * 1024;

/** A row may be narrow: what was found comes early in it. */
const IN_A_ROW = { before: 10, after: 120 };

/** Where in a span a text is. */
export interface FoundIn {
  /** `content`: deeper in its input or output than the page has of them. */
  where: 'name' | 'error' | 'input' | 'output' | 'attribute' | 'content';
  /** What is around it. */
  excerpt: string;
}

/** Where a span that a search found has the text: the first place a reader would look for it. */
export function foundIn(span: SpanNode, text: string): FoundIn | undefined {
  const pattern = textPattern(text);
  if (pattern === undefined) return undefined;
  for (const [where, content] of placesOf(span)) {
    const match = pattern.exec(content);
    if (match === null) continue;
    const place = { index: match.index, length: match[0].length };
    return { where, excerpt: excerptAt(content, place, IN_A_ROW) };
  }
  return { where: 'content', excerpt: '' };
}

function* placesOf(span: SpanNode): Generator<[FoundIn['where'], string]> {
  const { error, input, output, outputText, name, attributes } = span;
  if (error !== undefined) yield ['error', `${error.type}: ${error.message}`];
  for (const text of textsOf(input)) yield ['input', text];
  for (const text of textsOf(output)) yield ['output', text];
  if (outputText !== '') yield ['output', outputText.slice(-MOST_CHARACTERS)];
  yield ['name', name];
  for (const text of attributeTexts(attributes)) yield ['attribute', text];
}

function* textsOf(payload: Payload | undefined): Generator<string> {
  if (payload === undefined) return;
  for (const part of payload.parts) if (typeof part === 'string') yield part;
  yield payload.preview;
}

function* attributeTexts(attributes: Readonly<Attributes>): Generator<string> {
  for (const [key, value] of Object.entries(attributes))
    yield `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}
