import { isMap, textOf } from './is-map.ts';
import type { Message, MessagePart } from './message.ts';
import { readBareItem, readKeyed, readListedCalls } from './read-keyed.ts';
import { readPrinted } from './read-printed.ts';
import { isPart, readPart, readParts, toolCall, toolResult } from './read-parts.ts';

/** Messages, and what stood beside them: settings, usage, tools. */
export interface ReadMessages {
  messages: Message[];
  /** Each is one element of the list that was read: it can be compared element by element. */
  isList: boolean;
  rest?: Record<string, unknown>;
}

/** `undefined` where it is no conversation. */
export function readMessages(value: unknown): ReadMessages | undefined {
  if (Array.isArray(value)) return readList(value);
  return isMap(value) ? readMap(value) : undefined;
}

function readList(list: unknown[], isBatch = false): ReadMessages | undefined {
  if (list.length === 0) return undefined;
  const [first] = list;
  // LangChain asks in batches, most of them of one.
  if (list.length === 1 && Array.isArray(first) && !isBatch) {
    const inner = readList(first, true);
    return inner === undefined ? undefined : { ...inner, isList: false };
  }
  // Blocks of an answer without the message around them.
  if (list.every(isPart) && !list.some(isItem))
    return { messages: [{ role: 'assistant', parts: list.map(readPart) }], isList: false };
  const messages: Message[] = [];
  for (const item of list) {
    const message = readMessage(item) ?? readInList(item);
    if (message === undefined) return undefined;
    messages.push(message);
  }
  return { messages: withResults(messages), isList: true };
}

/** What is a message only where others are. */
function readInList(item: unknown): Message | undefined {
  if (typeof item === 'string') return readPrinted(item);
  if (!isMap(item)) return undefined;
  return readKeyed(item, { inList: true }) ?? readBareItem(item);
}

/** One exporter gives a result the tool's name for a role. */
function withResults(messages: Message[]): Message[] {
  const called = new Set<string>();
  return messages.map((message) => {
    const { role, parts } = message;
    for (const part of parts) if (part.kind === 'tool-call') called.add(part.name);
    const [only] = parts;
    if (!called.has(role) || parts.length !== 1 || only?.kind !== 'text') return message;
    const result: MessagePart = {
      kind: 'tool-result',
      name: role,
      output: only.text,
      failed: false,
    };
    return { role: 'tool', parts: [result] };
  });
}

function readMap(map: Record<string, unknown>): ReadMessages | undefined {
  const one = readMessage(map) ?? readKeyed(map, { inList: false }) ?? readListedCalls(map);
  if (one !== undefined) return { messages: [one], isList: false };
  const wrapped = readWrapped(map);
  if (wrapped !== undefined) return wrapped;
  for (const field of [
    'messages',
    'choices',
    'candidates',
    'generations',
    'contents',
    'output',
    'input',
  ]) {
    if (!Object.hasOwn(map, field) || !Array.isArray(map[field])) continue;
    const read = readList((map[field] as unknown[]).map(answerOf));
    if (read === undefined) continue;
    return { messages: read.messages, isList: false, ...besides(map, field) };
  }
  return undefined;
}

/** One message in a field of a response, or of an event that told it. */
function readWrapped(map: Record<string, unknown>): ReadMessages | undefined {
  for (const field of ['message', 'content', 'output', 'response']) {
    const inner = Object.hasOwn(map, field) ? map[field] : undefined;
    if (!isMap(inner)) continue;
    // Google's has no role where nothing but the model could have said it.
    const isGoogle = Array.isArray(inner['parts']) && inner['role'] === undefined;
    const message = readMessage(isGoogle ? { role: 'model', ...inner } : inner);
    if (message === undefined) continue;
    return { messages: [message], isList: false, ...besides(map, field) };
  }
  return undefined;
}

function besides(map: Record<string, unknown>, field: string): Pick<ReadMessages, 'rest'> {
  const rest = Object.fromEntries(Object.entries(map).filter(([key]) => key !== field));
  return hasAny(rest) ? { rest } : {};
}

/** The message in one of a response's choices. */
function answerOf(item: unknown): unknown {
  const answer: unknown = Array.isArray(item) && item.length === 1 ? item[0] : item;
  if (!isMap(answer)) return answer;
  const { message, content } = answer;
  if (isMap(message)) return message;
  if (isMap(content) && Array.isArray(content['parts'])) return { role: 'model', ...content };
  return answer;
}

export function readMessage(item: unknown): Message | undefined {
  if (!isMap(item)) return undefined;
  if (isItem(item)) return readItem(item);
  const langchain = readLangChain(item);
  if (langchain !== undefined) return langchain;
  const role = textOf(item, 'role');
  if (role === undefined || !hasContent(item)) return undefined;
  return fromFields(role, item);
}

const CONTENT_FIELDS = ['content', 'parts', 'tool_calls', 'toolCalls', 'function_call', 'refusal'];

function hasContent(map: Record<string, unknown>): boolean {
  return CONTENT_FIELDS.some((field) => Object.hasOwn(map, field));
}

function fromFields(role: string, map: Record<string, unknown>): Message {
  const name = textOf(map, 'name', 'toolName');
  const isResult = (role === 'tool' || role === 'function') && !isListOfParts(map['content']);
  const parts: MessagePart[] = [];
  const thought = textOf(map, 'reasoning_content', 'reasoning');
  if (thought !== undefined && thought !== '') parts.push({ kind: 'reasoning', text: thought });
  if (isResult && map['content'] !== undefined) parts.push(toolResult(map));
  else parts.push(...readParts(map['content'] ?? map['parts'] ?? map['refusal']));
  const calls = map['tool_calls'] ?? map['toolCalls'];
  if (Array.isArray(calls)) for (const call of calls) if (isMap(call)) parts.push(toolCall(call));
  if (isMap(map['function_call'])) parts.push(toolCall(map['function_call']));
  return {
    role: isOfTools(parts) ? 'tool' : (ROLES.get(role) ?? role),
    ...(name === undefined ? {} : { name }),
    parts,
  };
}

/** Anthropic sends the results of tools as the user's. */
function isOfTools(parts: readonly MessagePart[]): boolean {
  return parts.length > 0 && parts.every(({ kind }) => kind === 'tool-result');
}

function isListOfParts(content: unknown): boolean {
  return (
    Array.isArray(content) &&
    content.some((part) => isMap(part) && readPart(part).kind === 'tool-result')
  );
}

/** `{lc: 1, id: […, 'HumanMessage'], kwargs}`, `{type: 'human', data?: {…}, content}`. */
function readLangChain(map: Record<string, unknown>): Message | undefined {
  const { kwargs, id } = map;
  if (isMap(kwargs) && Array.isArray(id)) {
    const kind = id.at(-1);
    const role = typeof kind === 'string' ? CLASSES.get(kind.replace(/Chunk$/, '')) : undefined;
    return role === undefined ? undefined : fromFields(role, kwargs);
  }
  const type = textOf(map, 'type');
  const role = type === undefined ? undefined : LANGCHAIN_TYPES.get(type);
  if (role === undefined) return undefined;
  const fields = isMap(map['data']) ? map['data'] : map;
  return hasContent(fields) ? fromFields(role, fields) : undefined;
}

const ROLES: ReadonlyMap<string, string> = new Map([
  ['human', 'user'],
  ['ai', 'assistant'],
  ['model', 'assistant'],
  ['function', 'tool'],
]);
const LANGCHAIN_TYPES: ReadonlyMap<string, string> = new Map([
  ['human', 'user'],
  ['ai', 'assistant'],
  ['system', 'system'],
  ['tool', 'tool'],
]);
const CLASSES: ReadonlyMap<string, string> = new Map([
  ['HumanMessage', 'user'],
  ['AIMessage', 'assistant'],
  ['SystemMessage', 'system'],
  ['ToolMessage', 'tool'],
  ['FunctionMessage', 'tool'],
]);

/** OpenAI's Responses have calls and thoughts beside the messages, not in them. */
function isItem(item: unknown): boolean {
  return isMap(item) && typeof item['type'] === 'string' && ITEM_ROLES.has(item['type']);
}

const ITEM_ROLES: ReadonlyMap<string, string> = new Map([
  ['function_call', 'assistant'],
  ['reasoning', 'assistant'],
  ['function_call_output', 'tool'],
]);

function readItem(item: Record<string, unknown>): Message {
  return { role: ITEM_ROLES.get(String(item['type'])) ?? 'assistant', parts: [readPart(item)] };
}

function hasAny(map: Record<string, unknown>): boolean {
  return Object.keys(map).length > 0;
}
