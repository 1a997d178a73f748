import type { LangChainMetadata, LangChainSerialized } from './callback-types.ts';

/** LangGraph's own classes of graphs. */
const GRAPHS = new Set(['CompiledStateGraph', 'CompiledGraph', 'Pregel', 'RemoteGraph']);

/** Metadata that say what LangChain does rather than what the program wanted to say. */
const INTERNAL =
  /^(ls_|lc_|langgraph_|__pregel)|^(checkpoint_ns|checkpoint_id|versions|revision_id)$/;

/** What the caller says about the run, by its name in the conventions. */
const NAMES: Readonly<Record<string, string>> = {
  thread_id: 'gen_ai.conversation.id',
  conversation_id: 'gen_ai.conversation.id',
  session_id: 'session.id',
  user_id: 'user.id',
};

/** Runs that LangChain says are not for showing; what is below them goes to the run above. */
export function isHidden(tags: readonly string[]): boolean {
  return tags.includes('langsmith:hidden');
}

/** A graph, and an agent is one, as opposed to one of its nodes or a chain. */
export function isGraph(
  serialized: LangChainSerialized | undefined,
  metadata: LangChainMetadata,
  isRoot: boolean,
): boolean {
  if (GRAPHS.has(serialized?.id?.at(-1) ?? '')) return true;
  // Where a bundler has renamed the classes.
  return isRoot && metadata['ls_integration'] === 'langchain_create_agent';
}

export function isNode(tags: readonly string[]): boolean {
  return tags.some((tag) => tag.startsWith('graph:step:'));
}

/** The name by which a swarm or a supervisor's tools hand the conversation to another agent. */
export function isHandoffTool(name: string): boolean {
  return /^(transfer|handoff|hand_off|delegate)_?(back_)?to_/i.test(name);
}

/** Where a `Command` goes on; only to a parent's node is it a handoff. */
export function gotoOf(value: unknown): { names: string[]; isToParent: boolean } | undefined {
  if (typeof value !== 'object' || value === null || !('lg_name' in value)) return undefined;
  const { lg_name, goto, graph } = value as { lg_name: unknown; goto?: unknown; graph?: unknown };
  if (lg_name !== 'Command') return undefined;
  const names = (Array.isArray(goto) ? goto : [goto]).flatMap((one: unknown) => {
    if (typeof one === 'string') return [one];
    const node = typeof one === 'object' && one !== null && 'node' in one ? one.node : undefined;
    return typeof node === 'string' ? [node] : [];
  });
  return names.length === 0 ? undefined : { names, isToParent: graph === '__parent__' };
}

/** Attributes of what the caller said, unless the run above has it as well. */
export function callerAttributes(
  tags: readonly string[],
  metadata: LangChainMetadata,
  above: { tags: readonly string[]; metadata: LangChainMetadata } | undefined,
): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(metadata)) {
    if (INTERNAL.test(key) || value === undefined || above?.metadata[key] === value) continue;
    attributes[NAMES[key] ?? `langchain.metadata.${key}`] = value;
  }
  const own = tags.filter(
    (tag) => !/^((graph|seq|map):|langsmith:)/.test(tag) && above?.tags.includes(tag) !== true,
  );
  if (own.length > 0) attributes['tags'] = own;
  return attributes;
}

/** What a model is and how it was called. */
export function modelAttributes(
  metadata: LangChainMetadata,
  extra: Record<string, unknown> | undefined,
): Record<string, unknown> {
  const given = extra?.['invocation_params'];
  const params: Record<string, unknown> =
    typeof given === 'object' && given !== null ? { ...given } : {};
  const { tools } = params;
  return withoutUndefined({
    'gen_ai.request.model': metadata['ls_model_name'] ?? params['model'] ?? params['model_name'],
    'gen_ai.provider.name': metadata['ls_provider'],
    'gen_ai.request.temperature': metadata['ls_temperature'],
    'gen_ai.request.max_tokens': metadata['ls_max_tokens'],
    'gen_ai.request.stop_sequences': metadata['ls_stop'],
    'gen_ai.tool.definitions': Array.isArray(tools) && tools.length > 0 ? tools : undefined,
  });
}

export function withoutUndefined(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
