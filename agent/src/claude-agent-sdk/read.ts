import { fieldsOf, type Fields } from '../adapter/fields-of.ts';

export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Of a tool's result or a message: its text, whether it is one or a list of blocks. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  return listOf(content)
    .map((block) => textOf(block['text']) ?? '')
    .join('');
}
