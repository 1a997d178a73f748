/** What is used of LangChain's callbacks, by shape, so that no version of it is asked for. */

/** `Serialized`: what a model, tool or chain is. `id` ends with its class' name. */
export interface LangChainSerialized {
  id?: string[];
  name?: string;
}

/** `BaseMessage` */
export interface LangChainMessage {
  content?: unknown;
  id?: string;
  name?: string;
  /** `human`, `ai`, `system`, `tool`, … */
  type?: string;
  role?: string;
  tool_calls?: unknown;
  invalid_tool_calls?: unknown;
  tool_call_id?: string;
  status?: string;
  additional_kwargs?: Record<string, unknown>;
  response_metadata?: Record<string, unknown>;
  usage_metadata?: Record<string, unknown>;
}

/** `LLMResult`: for each prompt, and there is one, its candidates. */
export interface LangChainResult {
  generations?: ({ text?: string; message?: LangChainMessage } | undefined)[][];
  llmOutput?: Record<string, unknown>;
}

/** `ChatModelStreamEvent` */
export interface LangChainStreamEvent {
  event?: string;
  content?: unknown;
  delta?: unknown;
}

/** Metadata of a run: what the caller gave, beside what LangChain and LangGraph say. */
export type LangChainMetadata = Record<string, unknown>;
