import type { AttributeValue } from '../event/event.ts';
import type { RunRow } from '../record/run-row.ts';
import type { SpanRow } from '../record/span-row.ts';
import { runValues, spanValues } from './field-values.ts';
import type { CompareOperator, Filter } from './filter.ts';
import { containsPhrase } from './search-words.ts';

/**
 * Whether a run matches. `texts` are what its spans are found by. Together with {@link matchesSpan}
 * this says what a filter means: slow, and plain enough to be right.
 */
export function matchesRun(filter: Filter, row: RunRow, texts: readonly string[]): boolean {
  return evaluate(filter, (leaf) => {
    if (leaf.kind === 'text') return texts.some((text) => containsPhrase(text, leaf.phrase));
    if (leaf.kind === 'attribute') return leaf.operator === '!=';
    return compareAny(runValues(row, leaf.field), leaf);
  });
}

/** Whether a span matches. `text` is what it is found by. */
export function matchesSpan(filter: Filter, row: SpanRow, text: string): boolean {
  return evaluate(filter, (leaf) => {
    if (leaf.kind === 'text') return containsPhrase(text, leaf.phrase);
    if (leaf.kind === 'field') return compareAny(spanValues(row, leaf.field), leaf);
    const { attributes } = row;
    const value = Object.hasOwn(attributes, leaf.key) ? attributes[leaf.key] : undefined;
    return compareAttribute(value, leaf);
  });
}

type Leaf = Exclude<Filter, { kind: 'and' | 'or' | 'not' }>;
type Comparison = Pick<Leaf & { kind: 'field' }, 'operator' | 'value' | 'pattern'>;

function evaluate(filter: Filter, leaf: (leaf: Leaf) => boolean): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.of.every((part) => evaluate(part, leaf));
    case 'or':
      return filter.of.some((part) => evaluate(part, leaf));
    case 'not':
      return !evaluate(filter.of, leaf);
    default:
      return leaf(filter);
  }
}

/** With `!=`, none is equal; with any other operator, one of them compares so. */
function compareAny(values: readonly (string | number)[], comparison: Comparison): boolean {
  if (comparison.operator === '!=')
    return !values.some((value) => compare(value, { ...comparison, operator: '=' }));
  return values.some((value) => compare(value, comparison));
}

function compareAttribute(value: AttributeValue | undefined, comparison: Comparison): boolean {
  if (value === undefined || value === null) return compareAny([], comparison);
  if (comparison.pattern === true && comparison.value === '*') return comparison.operator === '=';
  const comparable = typeof value === 'boolean' ? String(value) : value;
  return compareAny(typeof comparable === 'object' ? [] : [comparable], comparison);
}

function compare(actual: string | number, { operator, value, pattern }: Comparison): boolean {
  if (typeof actual === 'string') {
    if (typeof value !== 'string' || operator !== '=') return false;
    return pattern === true ? matchesPattern(actual, value) : foldCase(actual) === foldCase(value);
  }
  return typeof value === 'number' && ORDER[operator](actual, value);
}

const ORDER: Record<CompareOperator, (a: number, b: number) => boolean> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** Lower case of ASCII letters only: what every store does alike. */
export function foldCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Whether the whole text matches, each `*` standing for any characters. In linear steps, no regex. */
export function matchesPattern(text: string, pattern: string): boolean {
  const folded = foldCase(text);
  const pieces = foldCase(pattern).split('*');
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  if (pieces.length === 1) return folded === first;
  if (folded.length < first.length + last.length) return false;
  if (!folded.startsWith(first) || !folded.endsWith(last)) return false;
  const end = folded.length - last.length;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = folded.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
