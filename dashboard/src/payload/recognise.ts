import { isMap } from './is-map.ts';
import { jsonIn } from './json-in.ts';
import { looksLikeMarkdown } from './looks-like-markdown.ts';
import type { MessagePart } from './message.ts';
import { readMessages, type ReadMessages } from './read-messages.ts';
import { readBlocks } from './recorded-blocks.ts';

/** What a value is to a reader. */
export type PlainShape =
  | { kind: 'empty' }
  | { kind: 'text' | 'markdown' | 'diff'; text: string }
  | { kind: 'image'; url: string }
  | { kind: 'fields'; fields: [string, unknown][] }
  | { kind: 'json'; value: unknown };
export type Shape =
  | PlainShape
  | ({ kind: 'messages' } & ReadMessages)
  /** A text of which parts are thoughts and tool calls. */
  | { kind: 'blocks'; parts: MessagePart[] };

const MOST_FIELDS = 12;

export function recognise(value: unknown): Shape {
  const read = readMessages(typeof value === 'string' ? (jsonIn(value) ?? value) : value);
  if (read !== undefined) return { kind: 'messages', ...read };
  const parts = typeof value === 'string' ? readBlocks(value) : undefined;
  return parts === undefined ? recognisePlain(value) : { kind: 'blocks', parts };
}

/** As if there were no conversations. */
export function recognisePlain(value: unknown): PlainShape {
  if (value === undefined || value === null || value === '') return { kind: 'empty' };
  if (typeof value === 'string') return recogniseText(value);
  if (typeof value !== 'object') return { kind: 'text', text: JSON.stringify(value) };
  if (isMap(value)) {
    const fields = Object.entries(value);
    if (fields.length > 0 && fields.length <= MOST_FIELDS && fields.some(([, v]) => isLongText(v)))
      return { kind: 'fields', fields };
  }
  return { kind: 'json', value };
}

function recogniseText(text: string): PlainShape {
  if (/^data:image\/[a-z+.-]+;base64,/i.test(text)) return { kind: 'image', url: text };
  const json = jsonIn(text);
  if (json !== undefined) return recognisePlain(json);
  if (looksLikeDiff(text)) return { kind: 'diff', text };
  return { kind: looksLikeMarkdown(text) ? 'markdown' : 'text', text };
}

/** JSON's one-line strings are poor to read; such a field is shown by itself. */
function isLongText(value: unknown): boolean {
  return typeof value === 'string' && (value.length > 120 || value.includes('\n'));
}

function looksLikeDiff(text: string): boolean {
  const head = text.slice(0, 4_000);
  return /^diff --git /m.test(head) || (/^--- .*\n\+\+\+ /m.test(head) && /^@@ /m.test(head));
}
