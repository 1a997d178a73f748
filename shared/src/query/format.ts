import { fieldEntry } from './fields.ts';
import type { CompareOperator, Filter } from './filter.ts';
import { writeMoment } from './moment.ts';
import { writeDuration } from './quantity.ts';

/** Read as it is: nothing in it has a meaning of its own. */
const PLAIN = /^[^\s()"\\*:@<>=!-][^\s()"\\*]*$/;
const PLAIN_KEY = /^[\w./-]+$/;

/** A filter's text. Parsing it gives the same filter again. */
export function formatFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'or':
      return filter.of.map((part) => within(part, ['or'])).join(' OR ');
    case 'and':
      return filter.of.map((part) => within(part, ['or', 'and'])).join(' ');
    case 'not':
      return `-${within(filter.of, ['or', 'and', 'not'])}`;
    case 'text':
      return quote(filter.phrase);
    case 'attribute': {
      const key = PLAIN_KEY.test(filter.key) ? filter.key : quote(filter.key);
      return `@${key}:${operatorOf(filter)}${attributeValue(filter)}`;
    }
    case 'field':
      return `${filter.field}:${operatorOf(filter)}${fieldValue(filter)}`;
  }
}

function within(part: Filter, kinds: readonly Filter['kind'][]): string {
  const text = formatFilter(part);
  return kinds.includes(part.kind) ? `(${text})` : text;
}

function operatorOf({ operator }: { operator: CompareOperator }): string {
  return operator === '=' ? '' : operator;
}

function attributeValue({ value, pattern }: Filter & { kind: 'attribute' }): string {
  if (typeof value === 'number') return String(value);
  // Quoted, so that a text of digits is no number.
  return pattern === true ? escapePattern(value) : quote(value);
}

function fieldValue({ field, value, pattern }: Filter & { kind: 'field' }): string {
  if (typeof value === 'string') {
    if (pattern === true) return escapePattern(value);
    return PLAIN.test(value) ? value : quote(value);
  }
  switch (fieldEntry(field).kind) {
    case 'duration':
      return writeDuration(value);
    case 'time':
      return writeMoment(value);
    default:
      return String(value);
  }
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function escapePattern(pattern: string): string {
  return pattern.replace(/[\s()"\\<>=!]/g, '\\$&');
}
