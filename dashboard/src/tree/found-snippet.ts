import type { SpanNode } from '@spantail/protocol';
import { excerptAt } from '../search/excerpt.ts';
import { foundIn } from '../search/found-in.ts';
import { textPattern } from '../search/text-pattern.ts';
import { isTail, snippetOf } from './row-texts.ts';

/** What a row says beside its title. */
export interface Said {
  snippet: string;
  isTail: boolean;
  /** Where what is searched for is, if the snippet is of there. */
  foundWhere: string;
}

/** A row may be narrow: what is so far in it may not be seen. */
const MOST_BEFORE = 20;

/** Of a span that a search found, the place that it was found at, unless the row shows it anyway. */
export function saidOf(span: SpanNode, title: string, wanted: string): Said {
  const snippet = snippetOf(span);
  const usual = { snippet, isTail: isTail(span), foundWhere: '' };
  const pattern = textPattern(wanted);
  if (pattern === undefined || pattern.test(title)) return usual;
  const match = pattern.exec(snippet);
  if (match !== null)
    return usual.isTail || match.index < MOST_BEFORE ? usual : atMatch(snippet, match);
  const found = foundIn(span, wanted);
  if (found === undefined) return usual;
  const { where, excerpt } = found;
  return where === 'content'
    ? { ...usual, foundWhere: 'in its content' }
    : { snippet: excerpt, isTail: false, foundWhere: where };
}

function atMatch(snippet: string, { index, 0: { length } }: RegExpExecArray): Said {
  const excerpt = excerptAt(snippet, { index, length }, { before: 10, after: 120 });
  return { snippet: excerpt, isTail: false, foundWhere: '' };
}
