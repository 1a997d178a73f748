import { parseCut } from './cut-json.ts';
import { firstValue } from './readable-json.ts';

/**
 * What messages of a model say, as a line: their text, and calls as `→ weather Lisbon`. Frameworks
 * write them in many ways. `undefined` for JSON that is no message.
 */
export function readableMessage(json: string): string | undefined {
  if (!/^[[{]/.test(json)) return undefined;
  return said(parseCut(json), MOST_DEPTH);
}

/** Lists in messages in lists: nobody's messages are deeper. */
const MOST_DEPTH = 8;
/** Elements that are looked at; a line has no room for more. */
const MOST_ELEMENTS = 32;

function said(value: unknown, depth: number): string | undefined {
  if (depth === 0) return undefined;
  if (Array.isArray(value)) return saidByAll(value, (element) => said(element, depth - 1));
  if (!isRecord(value)) return undefined;
  return (
    (CALL_TYPES.has(String(value['type'])) ? callLine(value) : undefined) ??
    messageLine(value, depth) ??
    partLine(value) ??
    wrapped(value, depth)
  );
}

/** Of a list whose last element may be cut off. */
function saidByAll(
  list: readonly unknown[],
  say: (element: unknown) => string | undefined,
): string | undefined {
  const lines = list.slice(0, MOST_ELEMENTS).map(say);
  if (lines.length > 1 && lines.at(-1) === undefined) lines.pop();
  return lines.length === 0 || lines.includes(undefined) ? undefined : join(lines);
}

const CALL_TYPES = new Set(['tool_use', 'tool-call', 'tool_call', 'function_call']);

/** A call of a tool: OpenAI's, Anthropic's, the AI SDK's, LangChain's, Mastra's, OpenTelemetry's. */
function callLine(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  const { function: inner } = value;
  if (isRecord(inner)) return callLine(inner);
  const name = value['toolName'] ?? value['name'];
  if (typeof name !== 'string') return undefined;
  const given = value['arguments'] ?? value['args'] ?? value['input'] ?? '';
  return join([`→ ${name}`, firstValue(typeof given === 'string' ? given : JSON.stringify(given))]);
}

function messageLine(value: Fields, depth: number): string | undefined {
  const calls = value['tool_calls'] ?? value['toolCalls'];
  const content = value['content'] ?? value['parts'] ?? value['text'];
  const isMessage = typeof value['role'] === 'string' && content !== undefined;
  if (!isMessage && !Array.isArray(calls)) return undefined;
  const text = typeof content === 'string' ? content : said(content, depth - 1);
  return join([text, Array.isArray(calls) ? saidByAll(calls, callLine) : '']);
}

/** A piece of a message; what a model thought on the way is not what it said. */
function partLine(value: Fields): string | undefined {
  const { type } = value;
  if (type === 'reasoning' || type === 'thinking') return '';
  if (type !== 'text' && type !== 'output_text' && type !== 'input_text') return undefined;
  const text = value['text'] ?? value['content'];
  return typeof text === 'string' ? text : undefined;
}

/** `{"messages":[…]}`, and LangGraph's `{"command":{"update":{"messages":[…]}}}`. */
function wrapped(value: Fields, depth: number): string | undefined {
  for (const key of ['messages', 'update', 'command'])
    if (Object.keys(value)[0] === key) return said(value[key], depth - 1);
  return undefined;
}

type Fields = Record<string, unknown>;

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function join(lines: readonly (string | undefined)[]): string {
  return lines.filter((line) => line !== undefined && line.trim() !== '').join(' ');
}
