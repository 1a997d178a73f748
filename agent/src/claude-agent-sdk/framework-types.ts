/** What is used of the Claude Agent SDK, by shape, so that no version of it is asked for. */

export type HookCallback = (
  input: never,
  toolUseId: string | undefined,
  options: { signal: AbortSignal },
) => Promise<Record<string, unknown>>;

/** Of `Options`, what is read or added to. */
export interface QueryOptions {
  hooks?: Record<string, readonly unknown[] | undefined>;
  env?: Record<string, string | undefined>;
  includePartialMessages?: boolean;
  model?: string;
  cwd?: string;
  agent?: string;
}

export interface QueryParams {
  prompt: string | AsyncIterable<unknown>;
  options?: QueryOptions;
}

/** `SDKMessage`; what else it has depends on its type. */
export type QueryMessage = Readonly<Record<string, unknown>>;

/** What a hook is called with. */
export interface HookInput {
  hook_event_name: string;
  tool_name?: string;
  tool_input?: unknown;
  tool_response?: unknown;
  tool_use_id?: string;
  error?: string;
  agent_id?: string;
  agent_type?: string;
  last_assistant_message?: string;
}
