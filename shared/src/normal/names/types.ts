import type { SpanType } from '../../event/event.ts';
import type { Source } from './sources.ts';

export interface TypeName {
  source: Source;
  key: string;
  values: Readonly<Record<string, SpanType>>;
}

/** Of Spantail's own export: of a span that has it no other source's names are read. */
export const OWN_TYPE: TypeName = {
  source: 'spantail',
  key: 'spantail.type',
  values: {
    agent: 'agent',
    model: 'model',
    tool: 'tool',
    retrieval: 'retrieval',
    embedding: 'embedding',
    guardrail: 'guardrail',
    handoff: 'handoff',
    step: 'step',
  },
};

/** What says a span's type. The first one with a known value counts; else `PRESENCE`, else `step`. */
export const TYPES: readonly TypeName[] = [
  OWN_TYPE,
  {
    source: 'monocle',
    key: 'span.type',
    values: {
      inference: 'model',
      'inference.framework': 'model',
      // The HTTP call below a framework's model span: the same tokens once more, so not a model call.
      'inference.modelapi': 'step',
      retrieval: 'retrieval',
      embedding: 'embedding',
      'agentic.invocation': 'agent',
      'agentic.turn': 'agent',
      'agentic.request': 'agent',
      'agentic.delegation': 'handoff',
      'agentic.tool.invocation': 'tool',
      'agentic.mcp.invocation': 'tool',
    },
  },
  {
    source: 'gen_ai',
    key: 'gen_ai.operation.name',
    values: {
      chat: 'model',
      generate_content: 'model',
      text_completion: 'model',
      fetch_response: 'step',
      embeddings: 'embedding',
      execute_tool: 'tool',
      create_agent: 'agent',
      invoke_agent: 'agent',
      invoke_workflow: 'agent',
      plan: 'step',
      agent_step: 'step',
      retrieval: 'retrieval',
      search_memory: 'retrieval',
      rerank: 'retrieval',
    },
  },
  {
    source: 'openinference',
    key: 'openinference.span.kind',
    values: {
      LLM: 'model',
      CHAIN: 'step',
      PROMPT: 'step',
      TOOL: 'tool',
      RETRIEVER: 'retrieval',
      RERANKER: 'retrieval',
      EMBEDDING: 'embedding',
      AGENT: 'agent',
      GUARDRAIL: 'guardrail',
      EVALUATOR: 'guardrail',
    },
  },
  {
    source: 'ai-sdk',
    key: 'ai.operationId',
    values: {
      'ai.streamText': 'agent',
      'ai.generateText': 'agent',
      'ai.streamObject': 'agent',
      'ai.generateObject': 'agent',
      'ai.streamText.doStream': 'model',
      'ai.generateText.doGenerate': 'model',
      'ai.streamObject.doStream': 'model',
      'ai.generateObject.doGenerate': 'model',
      'ai.toolCall': 'tool',
      'ai.embed': 'step',
      'ai.embedMany': 'step',
      'ai.embed.doEmbed': 'embedding',
      'ai.embedMany.doEmbed': 'embedding',
      'ai.rerank': 'step',
      'ai.rerank.doRerank': 'retrieval',
    },
  },
  {
    source: 'langfuse',
    key: 'langfuse.observation.type',
    values: {
      generation: 'model',
      embedding: 'embedding',
      agent: 'agent',
      tool: 'tool',
      retriever: 'retrieval',
      guardrail: 'guardrail',
      evaluator: 'guardrail',
      chain: 'step',
      span: 'step',
      event: 'step',
    },
  },
  {
    source: 'openllmetry',
    key: 'traceloop.span.kind',
    values: { agent: 'agent', tool: 'tool', workflow: 'step', task: 'step', session: 'step' },
  },
  {
    source: 'openllmetry',
    key: 'llm.request.type',
    values: { chat: 'model', completion: 'model', embedding: 'embedding', rerank: 'retrieval' },
  },
  {
    source: 'mastra',
    key: 'mastra.span.type',
    values: {
      agent_run: 'agent',
      // The model's call itself; a generation and its steps lie around it and repeat its tokens.
      model_inference: 'model',
      model_generation: 'step',
      model_step: 'step',
      model_chunk: 'step',
      tool_call: 'tool',
      mcp_tool_call: 'tool',
      client_tool_call: 'tool',
      provider_tool_call: 'tool',
      rag_action: 'retrieval',
      rag_vector_operation: 'retrieval',
      rag_embedding: 'embedding',
      rag_ingestion: 'step',
      scorer_run: 'guardrail',
      scorer_step: 'guardrail',
      workflow_run: 'step',
      workflow_step: 'step',
      processor_run: 'step',
      generic: 'step',
    },
  },
  {
    source: 'genkit',
    key: 'genkit:metadata:subtype',
    values: {
      model: 'model',
      'background-model': 'model',
      embedder: 'embedding',
      tool: 'tool',
      'tool.v2': 'tool',
      retriever: 'retrieval',
      reranker: 'retrieval',
      agent: 'agent',
      evaluator: 'guardrail',
      flow: 'step',
      prompt: 'step',
    },
  },
  {
    source: 'genkit',
    key: 'genkit:type',
    values: { flow: 'step', flowStep: 'step', util: 'step', promptTemplate: 'step' },
  },
  { source: 'mcp', key: 'mcp.method.name', values: { 'tools/call': 'tool' } },
];

/** Where nothing says a span's type, what it has tells. The first one that is there counts. */
export const PRESENCE: readonly (readonly [Source, string, SpanType])[] = [
  ['logfire', 'pydantic_ai.all_messages', 'agent'],
  ['logfire', 'all_messages_events', 'agent'],
  ['gen_ai', 'gen_ai.tool.name', 'tool'],
  ['openllmetry', 'db.vector.query.top_k', 'retrieval'],
  ['gen_ai', 'gen_ai.request.model', 'model'],
  ['langfuse', 'langfuse.observation.model.name', 'model'],
];

/**
 * OpenInference's LangChain instrumentation has an agent as a `CHAIN` like each of its steps; the one
 * of the agent's own name is the agent.
 */
export const NAMED_AGENT = { key: 'metadata', at: 'lc_agent_name' } as const;
