import { isMap } from './plain.ts';

const ROLES: ReadonlyMap<string, string> = /* @__PURE__ */ new Map([
  ['HumanMessage', 'user'],
  ['HumanMessageChunk', 'user'],
  ['AIMessage', 'assistant'],
  ['AIMessageChunk', 'assistant'],
  ['SystemMessage', 'system'],
  ['SystemMessageChunk', 'system'],
  ['ToolMessage', 'tool'],
  ['ToolMessageChunk', 'tool'],
]);

/**
 * The messages of a value that has nothing else: `{messages: […]}`, also a list of one such list as
 * LangChain has, or its `{generations: [[…]]}`. As a list of their own they are stored once.
 */
export function messagesIn(value: unknown): unknown[] | undefined {
  if (!isMap(value)) return undefined;
  const [key, ...others] = Object.keys(value);
  if (key === undefined || others.length > 0) return undefined;
  const list = onlyList(value[key]);
  if (list === undefined) return undefined;
  if (key === 'messages') return list.map(toMessage);
  if (key !== 'generations') return undefined;
  return list.map((generation) => {
    if (!isMap(generation)) return generation;
    return generation['message'] === undefined ? generation : toMessage(generation['message']);
  });
}

function onlyList(value: unknown): unknown[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const list = value as unknown[];
  return list.length === 1 && Array.isArray(list[0]) ? (list[0] as unknown[]) : list;
}

/** LangChain writes a message as the call that makes it. */
function toMessage(value: unknown): unknown {
  if (!isMap(value) || value['lc'] !== 1 || !Array.isArray(value['id'])) return value;
  const role = ROLES.get(String(value['id'].at(-1)));
  const { kwargs } = value;
  return role === undefined || !isMap(kwargs) ? value : { role, ...kwargs };
}
