import type { SpanType } from '../../event/event.ts';
import type { Source } from './sources.ts';

/**
 * What a name's value is read as: `count` and `amount` also from decimal text, `list` also from one
 * text and from JSON text, `json` from JSON text. A value of another kind does not count.
 */
export type ScalarKind = 'text' | 'count' | 'amount' | 'list' | 'json';

export interface NameOptions {
  /** Means it only on spans of these types. */
  on?: readonly SpanType[];
  /** It is in there: the value is an object, or its JSON text. */
  at?: readonly string[];
  /** In an event of this name, not on the span. */
  event?: string;
  /** Of a text `provider/model` the part; of the AI SDK's name of a provider the conventions' one. */
  take?: 'head' | 'tail' | 'provider';
}

export type Name = readonly [Source, string, NameOptions?];

export interface Scalar {
  /** The attribute that it becomes. */
  name: string;
  kind: ScalarKind;
  /** The first one with a usable value counts. */
  from: readonly Name[];
}

const MODEL: NameOptions = { on: ['model', 'embedding'] };
const TOOL: NameOptions = { on: ['tool'] };
const AGENT: NameOptions = { on: ['agent'] };

/** Texts and lists: of each meaning the attribute that the record and the query language know. */
export const TEXTS = {
  agent: {
    name: 'gen_ai.agent.name',
    kind: 'text',
    from: [
      ['gen_ai', 'gen_ai.agent.name'],
      ['gen_ai', 'gen_ai.workflow.name'],
      ['openinference', 'agent.name'],
      ['openinference', 'metadata', { at: ['lc_agent_name'] }],
      ['ai-sdk', 'ai.telemetry.functionId', AGENT],
      ['openllmetry', 'traceloop.entity.name', AGENT],
      ['logfire', 'agent_name', AGENT],
      ['genkit', 'genkit:name', AGENT],
    ],
  },
  requestModel: {
    name: 'gen_ai.request.model',
    kind: 'text',
    from: [
      ['gen_ai', 'gen_ai.request.model'],
      ['openinference', 'llm.request.model_name'],
      ['openinference', 'llm.model_name'],
      ['openinference', 'embedding.model_name'],
      ['openinference', 'reranker.model_name'],
      ['openinference', 'metadata', { ...MODEL, at: ['ls_model_name'] }],
      ['ai-sdk', 'ai.model.id'],
      ['langfuse', 'langfuse.observation.model.name'],
      ['logfire', 'model_name'],
      ['genkit', 'genkit:name', { ...MODEL, take: 'tail' }],
    ],
  },
  responseModel: {
    name: 'gen_ai.response.model',
    kind: 'text',
    from: [
      ['gen_ai', 'gen_ai.response.model'],
      ['openinference', 'llm.response.model_name'],
      ['ai-sdk', 'ai.response.model'],
      ['monocle', 'model', { event: 'metadata' }],
    ],
  },
  provider: {
    name: 'gen_ai.provider.name',
    kind: 'text',
    from: [
      ['gen_ai', 'gen_ai.provider.name'],
      // Ahead of `gen_ai.system`: the SDK writes its own name of the provider there, too.
      ['ai-sdk', 'ai.model.provider', { take: 'provider' }],
      ['gen_ai', 'gen_ai.system'],
      ['openinference', 'llm.provider'],
      ['openinference', 'llm.system'],
      ['openinference', 'metadata', { ...MODEL, at: ['ls_provider'] }],
      ['genkit', 'genkit:name', { ...MODEL, take: 'head' }],
    ],
  },
  conversation: {
    name: 'gen_ai.conversation.id',
    kind: 'text',
    from: [
      ['gen_ai', 'gen_ai.conversation.id'],
      ['ai-sdk', 'ai.telemetry.metadata.conversationId'],
      ['ai-sdk', 'ai.telemetry.metadata.threadId'],
      ['openllmetry', 'traceloop.association.properties.conversation_id'],
      ['openllmetry', 'traceloop.association.properties.thread_id'],
      ['monocle', 'scope.agentic.session'],
    ],
  },
  session: {
    name: 'session.id',
    kind: 'text',
    from: [
      ['gen_ai', 'session.id'],
      ['ai-sdk', 'ai.telemetry.metadata.sessionId'],
      ['openllmetry', 'traceloop.association.properties.session_id'],
      ['langfuse', 'langfuse.session.id'],
      ['genkit', 'genkit:sessionId'],
      ['adk', 'gcp.vertex.agent.session_id'],
    ],
  },
  user: {
    name: 'user.id',
    kind: 'text',
    from: [
      ['gen_ai', 'user.id'],
      ['gen_ai', 'enduser.id'],
      ['openinference', 'metadata', { at: ['user_id'] }],
      ['ai-sdk', 'ai.telemetry.metadata.userId'],
      ['openllmetry', 'traceloop.association.properties.user_id'],
      ['langfuse', 'langfuse.user.id'],
    ],
  },
  tool: {
    name: 'gen_ai.tool.name',
    kind: 'text',
    from: [
      ['gen_ai', 'gen_ai.tool.name'],
      ['mcp', 'mcp.tool.name'],
      ['openinference', 'tool.name'],
      ['ai-sdk', 'ai.toolCall.name'],
      ['openllmetry', 'traceloop.entity.name', TOOL],
      ['genkit', 'genkit:name', TOOL],
    ],
  },
  toolDescription: {
    name: 'gen_ai.tool.description',
    kind: 'text',
    from: [
      ['gen_ai', 'gen_ai.tool.description'],
      ['openinference', 'tool.description'],
    ],
  },
  toolCall: {
    name: 'gen_ai.tool.call.id',
    kind: 'text',
    from: [
      ['gen_ai', 'gen_ai.tool.call.id'],
      ['openinference', 'tool_call.id'],
      ['openinference', 'tool.id'],
      ['ai-sdk', 'ai.toolCall.id'],
    ],
  },
  toolDefinitions: {
    name: 'gen_ai.tool.definitions',
    kind: 'json',
    from: [
      ['gen_ai', 'gen_ai.tool.definitions'],
      ['ai-sdk', 'ai.prompt.tools'],
    ],
  },
  response: {
    name: 'gen_ai.response.id',
    kind: 'text',
    from: [
      ['gen_ai', 'gen_ai.response.id'],
      ['ai-sdk', 'ai.response.id'],
    ],
  },
  finishReasons: {
    name: 'gen_ai.response.finish_reasons',
    kind: 'list',
    from: [
      ['gen_ai', 'gen_ai.response.finish_reasons'],
      ['openinference', 'llm.finish_reason'],
      ['ai-sdk', 'ai.response.finishReason'],
      ['monocle', 'finish_reason', { event: 'metadata' }],
      ['monocle', 'finish_reason', { event: 'data.output' }],
    ],
  },
  temperature: {
    name: 'gen_ai.request.temperature',
    kind: 'amount',
    from: [
      ['gen_ai', 'gen_ai.request.temperature'],
      ['ai-sdk', 'ai.settings.temperature'],
      ['monocle', 'temperature', { event: 'metadata' }],
    ],
  },
  tags: {
    name: 'tags',
    kind: 'list',
    from: [
      ['gen_ai', 'tags'],
      ['openinference', 'tag.tags'],
      ['langfuse', 'langfuse.trace.tags'],
      ['logfire', 'logfire.tags'],
    ],
  },
} as const satisfies Record<string, Scalar>;
