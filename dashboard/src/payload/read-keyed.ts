import { isMap } from './is-map.ts';
import type { Message, MessagePart } from './message.ts';
import { toolCall, toolResult } from './read-parts.ts';

/** Roles that one exporter writes as the key of a message's text. */
const ROLES: ReadonlyMap<string, string> = new Map([
  ['ai', 'assistant'],
  ['assistant', 'assistant'],
  ['model', 'assistant'],
  ['human', 'user'],
  ['user', 'user'],
  ['system', 'system'],
]);
/** What a model says, also where it stands alone; a setting may be called `user`. */
const ANSWERS: ReadonlySet<string> = new Set(['ai', 'assistant', 'model']);

/**
 * `{"ai": "a text"}`, `{"ai": {"type": "tool_call", …}}`, `{"model": null}`: in a list of messages
 * with any role, by itself only what a model answered.
 */
export function readKeyed(
  map: Record<string, unknown>,
  { inList }: { inList: boolean },
): Message | undefined {
  const entries = Object.entries(map);
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) return undefined;
  const [key, said] = entry;
  const role = ROLES.get(key);
  if (role === undefined || !(inList || isAnswer(key, said))) return undefined;
  const parts = partsOf(said);
  return parts === undefined ? undefined : { role, parts };
}

function isAnswer(key: string, said: unknown): boolean {
  if (!ANSWERS.has(key)) return false;
  // One word is the name of a model.
  return key !== 'model' || typeof said !== 'string' || /\s/.test(said);
}

function partsOf(said: unknown): MessagePart[] | undefined {
  if (said === null || said === '') return [];
  if (typeof said === 'string') return [{ kind: 'text', text: said }];
  return isMap(said) && said['type'] === 'tool_call' ? [toolCall(said)] : undefined;
}

/** The calls of an answer as one exporter lists them: `{"tools": [{"tool_name", "tool_arguments"}]}`. */
export function readListedCalls({ tools, ...rest }: Record<string, unknown>): Message | undefined {
  if (!Array.isArray(tools) || tools.length === 0 || Object.keys(rest).length > 0) return undefined;
  const calls = tools.filter(
    (tool): tool is Record<string, unknown> => isMap(tool) && typeof tool['tool_name'] === 'string',
  );
  return calls.length === tools.length
    ? { role: 'assistant', parts: calls.map(toolCall) }
    : undefined;
}

/** Calls and results beside the messages of a list, that nothing but their fields tell apart. */
export function readBareItem(map: Record<string, unknown>): Message | undefined {
  if (typeof map['tool_function'] === 'string')
    return { role: 'assistant', parts: [toolCall(map)] };
  const isResult = typeof map['call_id'] === 'string' && Object.hasOwn(map, 'output');
  return isResult ? { role: 'tool', parts: [toolResult(map)] } : undefined;
}
