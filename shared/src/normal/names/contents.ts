import type { SpanType } from '../../event/event.ts';
import type { Source } from './sources.ts';

/** What a span was given, what came of it, and the instructions that stand ahead of its input. */
export const SLOTS = ['input', 'output', 'system'] as const;
export type Slot = (typeof SLOTS)[number];

export interface ContentOptions {
  /**
   * `text` stays as it is; `json` is always JSON text, or a list of such. Else a text that holds a
   * list or map is that.
   */
  as?: 'text' | 'json';
  /** Beside other names of its source a field of one message. */
  field?: string;
  /** With this value there is none: content was not recorded. */
  none?: string;
  /** Of a list `provider event` records, only those that are messages in, or the answer. */
  records?: boolean;
  /**
   * A model's whole request, a map: its instructions and messages are one list, and what else it
   * has stays in the attribute.
   */
  request?: boolean;
  /** Counts only where the value is nothing but a list of messages. */
  messages?: boolean;
  /** The attribute that says what kind of text it is; `text/plain` stays as it is. */
  mimeType?: string;
  /** Means it only on spans of these types. */
  on?: readonly SpanType[];
}

/** `key`, `prefix.N.…` of a list laid flat, or `event field` of one of the span's events. */
export type ContentPlace = 'key' | 'list' | 'event';

export type Content = readonly [Source, ContentPlace, string, ContentOptions?];

const JSON_TEXT: ContentOptions = { as: 'json' };
const REQUEST: ContentOptions = { request: true };
const REDACTED: ContentOptions = { none: '{}' };
const MASTRA_SPAN_TYPES = [
  'agent_run',
  'classifier_evaluation',
  'generic',
  'mapping',
  'mcp_server_request',
  'memory_operation',
  'model_chunk',
  'model_inference',
  'model_step',
  'processor_run',
  'rag_action',
  'rag_embedding',
  'rag_ingestion',
  'rag_vector_operation',
  'scorer_run',
  'scorer_step',
  'workflow_conditional',
  'workflow_conditional_eval',
  'workflow_loop',
  'workflow_parallel',
  'workflow_run',
  'workflow_step',
  'workspace_action',
] as const;

/**
 * The first one that is present counts. Those of the same source that lost say the same in another
 * form and are left out; those of others stay attributes.
 */
export const CONTENTS: Record<Slot, readonly Content[]> = {
  input: [
    ['spantail', 'key', 'spantail.input', { as: 'json' }],
    ['monocle', 'event', 'data.input input'],
    ['monocle', 'event', 'data.input query'],
    ['gen_ai', 'key', 'gen_ai.input.messages'],
    ['gen_ai', 'key', 'gen_ai.tool.call.arguments'],
    ['gen_ai', 'key', 'gen_ai.retrieval.query.text', { as: 'text' }],
    ['openinference', 'key', 'input.value', { messages: true, mimeType: 'input.mime_type' }],
    ['openinference', 'list', 'llm.input_messages'],
    ['openinference', 'key', 'input.value', { mimeType: 'input.mime_type' }],
    ['openinference', 'list', 'reranker.input_documents'],
    ['openinference', 'list', 'llm.prompts'],
    ['ai-sdk', 'key', 'ai.prompt.messages'],
    ['ai-sdk', 'key', 'ai.prompt', REQUEST],
    ['ai-sdk', 'key', 'ai.toolCall.args', JSON_TEXT],
    ['ai-sdk', 'key', 'ai.values', JSON_TEXT],
    ['ai-sdk', 'key', 'ai.value', JSON_TEXT],
    ['langfuse', 'key', 'langfuse.observation.input'],
    ['openllmetry', 'list', 'gen_ai.prompt'],
    ['openllmetry', 'key', 'traceloop.entity.input', JSON_TEXT],
    ['logfire', 'key', 'events', { records: true }],
    ['logfire', 'key', 'tool_arguments'],
    ['logfire', 'key', 'pydantic_ai.all_messages'],
    ['logfire', 'key', 'all_messages_events'],
    ['genkit', 'key', 'genkit:input', { ...JSON_TEXT, ...REQUEST }],
    ...MASTRA_SPAN_TYPES.map((type): Content => ['mastra', 'key', `mastra.${type}.input`]),
    ['adk', 'key', 'gcp.vertex.agent.tool_call_args'],
    ['adk', 'key', 'gcp.vertex.agent.llm_request', { ...REDACTED, ...REQUEST }],
    ['gen_ai', 'event', 'messages'],
    ['gen_ai', 'event', 'gen_ai.content.prompt gen_ai.prompt'],
    ['gen_ai', 'key', 'gen_ai.prompt'],
  ],
  output: [
    ['spantail', 'key', 'spantail.output', { as: 'json' }],
    ['monocle', 'event', 'data.output response'],
    ['monocle', 'event', 'data.output output'],
    ['gen_ai', 'key', 'gen_ai.output.messages'],
    ['gen_ai', 'key', 'gen_ai.tool.call.result'],
    ['gen_ai', 'key', 'gen_ai.retrieval.documents'],
    ['openinference', 'key', 'output.value', { messages: true, mimeType: 'output.mime_type' }],
    ['openinference', 'list', 'llm.output_messages'],
    ['openinference', 'list', 'retrieval.documents'],
    ['openinference', 'list', 'reranker.output_documents'],
    ['openinference', 'list', 'embedding.embeddings'],
    ['openinference', 'key', 'output.value', { mimeType: 'output.mime_type' }],
    ['openinference', 'list', 'llm.choices'],
    ['ai-sdk', 'key', 'ai.response.text', { as: 'text', field: 'content' }],
    ['ai-sdk', 'key', 'ai.response.object', { field: 'content' }],
    ['ai-sdk', 'key', 'ai.response.reasoning', { as: 'text', field: 'reasoning' }],
    ['ai-sdk', 'key', 'ai.response.toolCalls', { field: 'tool_calls' }],
    ['ai-sdk', 'key', 'ai.response.files', { field: 'files' }],
    ['ai-sdk', 'key', 'ai.toolCall.result', JSON_TEXT],
    ['ai-sdk', 'key', 'ai.embeddings', JSON_TEXT],
    ['ai-sdk', 'key', 'ai.embedding', JSON_TEXT],
    ['ai-sdk', 'key', 'ai.ranking'],
    ['langfuse', 'key', 'langfuse.observation.output'],
    ['openllmetry', 'list', 'gen_ai.completion'],
    ['openllmetry', 'key', 'traceloop.entity.output', JSON_TEXT],
    ['logfire', 'key', 'events', { records: true }],
    ['logfire', 'key', 'tool_response'],
    ['logfire', 'key', 'final_result'],
    ['genkit', 'key', 'genkit:output', JSON_TEXT],
    ...MASTRA_SPAN_TYPES.map((type): Content => ['mastra', 'key', `mastra.${type}.output`]),
    ['adk', 'key', 'gcp.vertex.agent.tool_response'],
    ['adk', 'key', 'gcp.vertex.agent.llm_response', REDACTED],
    ['gen_ai', 'event', 'messages'],
    ['gen_ai', 'event', 'gen_ai.content.completion gen_ai.completion'],
    ['gen_ai', 'key', 'gen_ai.completion'],
  ],
  system: [['gen_ai', 'key', 'gen_ai.system_instructions']],
};

/** Lists laid flat that stay an attribute: a list under this name. */
export const FLAT_ATTRIBUTES: readonly (readonly [Source, string, string])[] = [
  ['openinference', 'llm.tools', 'gen_ai.tool.definitions'],
  ['openllmetry', 'llm.request.functions', 'gen_ai.tool.definitions'],
];

/** Between an element and its fields in such lists; says nothing. */
export const WRAPPERS: readonly string[] = [
  'message',
  'message_content',
  'tool_call',
  'document',
  'embedding',
  'prompt',
  'completion',
  'tool',
];

/** Events that are messages, and whose. */
export const MESSAGE_EVENTS: Readonly<Record<string, string>> = {
  'gen_ai.system.message': 'system',
  'gen_ai.user.message': 'user',
  'gen_ai.assistant.message': 'assistant',
  'gen_ai.tool.message': 'tool',
  'gen_ai.choice': 'assistant',
};
/** The one of them that is the answer. */
export const CHOICE_EVENT = 'gen_ai.choice';
/** Its attributes are read as if they were the span's own, where the span has none of that name. */
export const DETAILS_EVENT = 'gen_ai.client.inference.operation.details';
