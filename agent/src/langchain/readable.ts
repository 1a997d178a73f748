import type { LangChainMessage } from './callback-types.ts';

/** Nested deeper than this, values are left as they are. */
const MOST_DEPTH = 8;

const ROLES: Readonly<Record<string, string>> = { human: 'user', ai: 'assistant' };

/**
 * A value with LangChain's own objects in a form that one can read. As JSON they would be what
 * LangChain needs to make them anew: `{lc: 1, type: 'constructor', id: […], kwargs: {…}}`.
 */
export function readable(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > MOST_DEPTH) return value;
  if (Array.isArray(value)) return value.map((element) => readable(element, depth + 1));
  if (isMessage(value)) return readableMessage(value);
  if ('toChatMessages' in value && 'messages' in value) return readable(value.messages, depth + 1);
  if ('lg_name' in value) return withoutNoise(value, depth);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return mapped(value, depth);
}

/** An input or output that LangChain has put into an object for itself. */
export function unwrapped(value: unknown, key: 'input' | 'output'): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const keys = Object.keys(value);
  return keys.length === 1 && keys[0] === key ? (value as Record<string, unknown>)[key] : value;
}

export function isMessage(value: object): value is LangChainMessage {
  return '_getType' in value && typeof value._getType === 'function' && 'content' in value;
}

export function readableMessage(message: LangChainMessage): Record<string, unknown> {
  const { type = '', role, content, name, tool_call_id, status } = message;
  const reasoning = message.additional_kwargs?.['reasoning_content'];
  return {
    role: ROLES[type] ?? (type === 'generic' ? (role ?? type) : type),
    content: readable(content),
    ...(name === undefined ? {} : { name }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...list('tool_calls', message.tool_calls, toolCall),
    ...list('invalid_tool_calls', message.invalid_tool_calls),
    ...(tool_call_id === undefined ? {} : { tool_call_id }),
    ...(status === 'error' ? { status } : {}),
  };
}

/** Text of a message's content, and whether that is all of it. */
export function textOfContent(content: unknown): { text: string; isAll: boolean } {
  if (typeof content === 'string') return { text: content, isAll: true };
  if (!Array.isArray(content)) return { text: '', isAll: false };
  let text = '';
  let isAll = true;
  for (const block of content as unknown[]) {
    const piece = textOfBlock(block);
    if (piece === undefined) isAll = false;
    else text += piece;
  }
  return { text, isAll };
}

export function textOfBlock(block: unknown): string | undefined {
  if (typeof block === 'string') return block;
  if (typeof block !== 'object' || block === null) return undefined;
  const { type, text } = block as { type?: unknown; text?: unknown };
  const isText = type === 'text' || type === 'text_delta' || type === 'text-delta';
  return isText && typeof text === 'string' ? text : undefined;
}

function toolCall(call: unknown): unknown {
  if (typeof call !== 'object' || call === null) return call;
  const { id, name, args } = call as { id?: unknown; name?: unknown; args?: unknown };
  return { ...(id === undefined ? {} : { id }), name, args };
}

function list(
  key: string,
  value: unknown,
  change: (element: unknown) => unknown = (element) => element,
): Record<string, unknown> {
  return Array.isArray(value) && value.length > 0 ? { [key]: value.map(change) } : {};
}

/** LangGraph's `Command` and `Send`. */
function withoutNoise(value: object, depth: number): Record<string, unknown> {
  const { lg_name, ...rest } = value as Record<string, unknown>;
  const said = Object.entries(rest).filter(
    ([key, part]) =>
      !key.startsWith('lc_') && part !== undefined && !(Array.isArray(part) && part.length === 0),
  );
  return { [String(lg_name).toLowerCase()]: mapped(Object.fromEntries(said), depth) };
}

function mapped(value: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, readable(part, depth + 1)]),
  );
}
