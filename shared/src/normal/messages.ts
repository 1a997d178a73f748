import { MESSAGE_EVENTS, CHOICE_EVENT } from './names/contents.ts';
import { fromText, isMap, toPlain } from './plain.ts';

type Message = Record<string, unknown>;

/** The instructions in front of the messages, so that an input is one list. */
export function withInstructions(system: unknown, input: unknown): unknown[] | undefined {
  const first = {
    role: 'system',
    ...(Array.isArray(system) ? { parts: system } : { content: system }),
  };
  if (input === undefined) return [first];
  if (!Array.isArray(input)) return undefined;
  const [head] = input as unknown[];
  // Some say them twice.
  if (isMap(head) && head['role'] === 'system' && JSON.stringify(head) === JSON.stringify(first))
    return input;
  return [first, ...(input as unknown[])];
}

/** A model's request as one list of messages, and what else it has. */
export function fromRequest(
  value: unknown,
): { messages: unknown; rest: Record<string, unknown> } | undefined {
  if (!isMap(value)) return undefined;
  const { system, prompt, messages, contents, ...rest } = value;
  const given = messages ?? contents ?? prompt;
  const { instructions, config } = instructionsOf(rest['config']);
  const first = system ?? instructions;
  if (config !== undefined) rest['config'] = config;
  if (typeof given === 'string' && first === undefined) return { messages: given, rest };
  const list = typeof given === 'string' ? [{ role: 'user', content: given }] : given;
  if (!Array.isArray(list)) return undefined;
  return { messages: first === undefined ? list : withInstructions(first, list), rest };
}

/** Google's requests have them beside the settings. */
function instructionsOf(config: unknown): { instructions?: unknown; config?: unknown } {
  if (!isMap(config) || config['system_instruction'] === undefined) return {};
  const { system_instruction: instructions, ...rest } = config;
  return { instructions, config: rest };
}

/** The message that an event of a GenAI client is. */
export function messageOf(event: string, attributes: Readonly<Record<string, unknown>>): Message {
  const fields: Message = { role: MESSAGE_EVENTS[event] };
  for (const [key, value] of Object.entries(attributes)) {
    if (key === 'gen_ai.system' || key === 'event.name' || key === '__proto__') continue;
    const plain = toPlain(value);
    const field = typeof plain === 'string' ? fromText(plain) : plain;
    // Some write the body as one attribute, others its `message` as one field.
    const isBody = key === 'gen_ai.event.content' || key === 'message' || key === 'body';
    if (isBody && isMap(field)) Object.assign(fields, field);
    else if (field !== undefined) fields[key] = field;
  }
  return fields;
}

/** Of recorded events those that go in, or the answers; `undefined` where they are no such events. */
export function fromRecords(value: unknown, answers: boolean): unknown[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const messages: Message[] = [];
  for (const record of value as unknown[]) {
    if (!isMap(record)) return undefined;
    const name = record['event.name'];
    if (typeof name !== 'string' || !Object.hasOwn(MESSAGE_EVENTS, name)) return undefined;
    if ((name === CHOICE_EVENT) === answers) messages.push(messageOf(name, record));
  }
  return messages.length > 0 ? messages : undefined;
}

const ROLES: ReadonlyMap<string, string> = /* @__PURE__ */ new Map([
  ['system', 'system'],
  ['user', 'user'],
  ['human', 'user'],
  ['ai', 'assistant'],
  ['assistant', 'assistant'],
  ['tool', 'tool'],
]);

/** Monocle's input: a list of JSON texts; a list of one text is that text. */
export function fromMonocleInput(value: unknown): unknown {
  const list = typeof value === 'string' ? fromText(value) : value;
  if (!Array.isArray(list)) return list;
  const items = list.map((item: unknown) =>
    roleOf(typeof item === 'string' ? fromText(item) : item),
  );
  return items.length === 1 && typeof items[0] === 'string' ? items[0] : items;
}

/** `{"human": "…"}` becomes `{role: 'user', content: '…'}`. */
function roleOf(value: unknown): unknown {
  if (!isMap(value)) return value;
  const [entry, ...others] = Object.entries(value);
  const role = entry === undefined ? undefined : ROLES.get(entry[0]);
  if (entry === undefined || role === undefined || others.length > 0) return value;
  return { role, content: entry[1] };
}
