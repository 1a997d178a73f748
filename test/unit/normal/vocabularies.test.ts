/**
 * Spans written by hand from the documented names of instrumentations that are not installed here.
 */
import type { Attributes, NormalForm, OtelSpan } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { normalOf } from '../../support/normal/cases.ts';

interface Case {
  attributes: Attributes;
  span?: Partial<OtelSpan>;
  normal: Partial<NormalForm>;
}

const CASES: Record<string, Case> = {
  'OpenTelemetry, current names': {
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5',
      'gen_ai.response.model': 'gpt-5-2026',
      'gen_ai.conversation.id': 'c1',
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.cache_read.input_tokens': 4,
      'gen_ai.usage.cache_write.input_tokens': 1,
      'gen_ai.usage.output_tokens': 3,
      'gen_ai.usage.reasoning.output_tokens': 2,
      'gen_ai.system_instructions': [{ type: 'text', content: 'Be kind.' }],
      'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'hi' }] }],
      'gen_ai.output.messages': '[{"role":"assistant","parts":[]}]',
    },
    normal: {
      spanType: 'model',
      input: [
        { role: 'system', parts: [{ type: 'text', content: 'Be kind.' }] },
        { role: 'user', parts: [{ type: 'text', content: 'hi' }] },
      ],
      output: [{ role: 'assistant', parts: [] }],
      usage: { inputTokens: 10, outputTokens: 3, cachedInputTokens: 4, reasoningTokens: 2 },
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-5',
        'gen_ai.response.model': 'gpt-5-2026',
        'gen_ai.conversation.id': 'c1',
        'gen_ai.usage.cache_write.input_tokens': 1,
      },
    },
  },
  'OpenTelemetry, previous names': {
    attributes: {
      'gen_ai.operation.name': 'text_completion',
      'gen_ai.system': 'openai',
      'gen_ai.usage.prompt_tokens': '10',
      'gen_ai.usage.completion_tokens': '3',
      'gen_ai.prompt': 'Once upon',
      'gen_ai.completion': 'a time',
      'enduser.id': 'ann',
    },
    normal: {
      spanType: 'model',
      input: 'Once upon',
      output: 'a time',
      usage: { inputTokens: 10, outputTokens: 3 },
      attributes: {
        'gen_ai.operation.name': 'text_completion',
        'gen_ai.provider.name': 'openai',
        'user.id': 'ann',
      },
    },
  },
  'OpenTelemetry, a retrieval': {
    attributes: {
      'gen_ai.operation.name': 'retrieval',
      'gen_ai.retrieval.query.text': '[weather]',
      'gen_ai.retrieval.documents': '[{"id":"d1"}]',
    },
    normal: { spanType: 'retrieval', input: '[weather]', output: [{ id: 'd1' }] },
  },
  'MCP, a tool call': {
    attributes: { 'mcp.method.name': 'tools/call', 'mcp.tool.name': 'weather' },
    normal: {
      spanType: 'tool',
      attributes: { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'weather' },
    },
  },
  'OpenInference, a model call with lists laid flat': {
    attributes: {
      'openinference.span.kind': 'LLM',
      'llm.model_name': 'gpt-5',
      'llm.provider': 'azure',
      'llm.system': 'openai',
      'input.value': '{"messages":[{"role":"user"}],"model":"gpt-5"}',
      'input.mime_type': 'application/json',
      'llm.input_messages.1.message.role': 'assistant',
      'llm.input_messages.1.message.tool_calls.0.tool_call.id': 'call_1',
      'llm.input_messages.1.message.tool_calls.0.tool_call.function.name': 'weather',
      'llm.input_messages.1.message.tool_calls.0.tool_call.function.arguments': '{"city":"Oslo"}',
      'llm.input_messages.0.message.role': 'user',
      'llm.input_messages.0.message.contents.0.message_content.type': 'text',
      'llm.input_messages.0.message.contents.0.message_content.text': 'hi',
      'llm.output_messages.0.message.role': 'assistant',
      'llm.output_messages.0.message.content': 'Sunny.',
      'llm.tools.0.tool.json_schema': '{"name":"weather"}',
      'llm.token_count.prompt': 10,
      'llm.token_count.completion': 3,
      'llm.token_count.total': 13,
      'llm.token_count.prompt_details.cache_read': 4,
      'llm.token_count.completion_details.reasoning': 1,
      'llm.cost.total': 0.25,
    },
    normal: {
      spanType: 'model',
      input: [
        { role: 'user', contents: [{ type: 'text', text: 'hi' }] },
        {
          role: 'assistant',
          tool_calls: [
            { id: 'call_1', function: { name: 'weather', arguments: { city: 'Oslo' } } },
          ],
        },
      ],
      output: [{ role: 'assistant', content: 'Sunny.' }],
      usage: {
        inputTokens: 10,
        outputTokens: 3,
        totalTokens: 13,
        cachedInputTokens: 4,
        reasoningTokens: 1,
        costUsd: 0.25,
      },
      attributes: {
        'openinference.span.kind': 'LLM',
        'gen_ai.request.model': 'gpt-5',
        'gen_ai.provider.name': 'azure',
        'llm.system': 'openai',
        'gen_ai.tool.definitions': [{ json_schema: { name: 'weather' } }],
      },
    },
  },
  'OpenInference, plain text that looks like JSON': {
    attributes: {
      'openinference.span.kind': 'TOOL',
      'tool.name': 'echo',
      'input.value': '[1]',
      'input.mime_type': 'text/plain',
      'output.value': '[1]',
      'output.mime_type': 'application/json',
    },
    normal: {
      spanType: 'tool',
      input: '[1]',
      output: [1],
      attributes: { 'openinference.span.kind': 'TOOL', 'gen_ai.tool.name': 'echo' },
    },
  },
  'OpenInference, a reranker': {
    attributes: {
      'openinference.span.kind': 'RERANKER',
      'reranker.input_documents.0.document.content': 'a',
      'reranker.output_documents.0.document.content': 'a',
      'reranker.output_documents.0.document.score': 0.5,
    },
    normal: {
      spanType: 'retrieval',
      input: [{ content: 'a' }],
      output: [{ content: 'a', score: 0.5 }],
    },
  },
  'Traceloop, an agent': {
    attributes: {
      'traceloop.span.kind': 'agent',
      'traceloop.entity.name': 'planner',
      'traceloop.entity.input': '{"args":["hi"]}',
      'traceloop.entity.output': '"done"',
      'traceloop.association.properties.session_id': 's1',
      'traceloop.association.properties.user_id': 'ann',
      'traceloop.association.properties.team': 'blue',
      'gen_ai.usage.total_tokens': 13,
    },
    normal: {
      spanType: 'agent',
      input: { args: ['hi'] },
      output: 'done',
      attributes: {
        'traceloop.span.kind': 'agent',
        'gen_ai.agent.name': 'planner',
        'session.id': 's1',
        'user.id': 'ann',
        'traceloop.association.properties.team': 'blue',
        'gen_ai.usage.total_tokens': 13,
      },
    },
  },
  'Langfuse, a generation': {
    attributes: {
      'langfuse.observation.type': 'generation',
      'langfuse.observation.model.name': 'gpt-5',
      'langfuse.observation.input': '[{"role":"user","content":"hi"}]',
      'langfuse.observation.output': '{"role":"assistant","content":"hello"}',
      'langfuse.observation.usage_details':
        '{"input":10,"output":3,"total":13,"input_cached_tokens":4,"output_reasoning_tokens":1}',
      'langfuse.observation.cost_details': '{"total":0.5}',
      'langfuse.observation.level': 'ERROR',
      'langfuse.observation.status_message': 'overloaded',
      'langfuse.trace.tags': ['a', 'b'],
      'langfuse.session.id': 's1',
      'langfuse.user.id': 'ann',
    },
    normal: {
      spanType: 'model',
      input: [{ role: 'user', content: 'hi' }],
      output: { role: 'assistant', content: 'hello' },
      usage: {
        inputTokens: 10,
        outputTokens: 3,
        totalTokens: 13,
        cachedInputTokens: 4,
        reasoningTokens: 1,
        costUsd: 0.5,
      },
      error: { type: 'Error', message: 'overloaded' },
    },
  },
  'Mastra, a generation by its exporter': {
    attributes: {
      'gen_ai.operation.name': 'chat',
      'mastra.span.type': 'model_generation',
      'gen_ai.request.model': 'gpt-5',
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.reasoning_tokens': 1,
      'gen_ai.response.finish_reasons': '["stop"]',
    },
    normal: {
      spanType: 'model',
      usage: { inputTokens: 10, reasoningTokens: 1 },
      attributes: {
        'gen_ai.operation.name': 'chat',
        'mastra.span.type': 'model_generation',
        'gen_ai.request.model': 'gpt-5',
        'gen_ai.response.finish_reasons': ['stop'],
      },
    },
  },
  'Mastra, an agent and an error by its exporter': {
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'mastra.span.type': 'agent_run',
      'mastra.agent_run.input': 'The weather?',
      'mastra.agent_run.output': '{"text":"Sunny."}',
      'gen_ai.system_instructions': 'Be short.',
      'error.type': 'AGENT_FAILED',
      'error.message': 'no model',
    },
    span: { status: 'error', statusMessage: 'no model' },
    normal: {
      spanType: 'agent',
      input: 'The weather?',
      output: { text: 'Sunny.' },
      error: { type: 'AGENT_FAILED', message: 'no model' },
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'mastra.span.type': 'agent_run',
        'gen_ai.system_instructions': 'Be short.',
      },
    },
  },
  'Mastra, its own span types': {
    attributes: { 'gen_ai.operation.name': 'model_step', 'mastra.span.type': 'model_step' },
    normal: { spanType: 'step' },
  },
  'Pydantic AI, a call of version 1': {
    attributes: {
      'gen_ai.operation.name': 'chat',
      'operation.cost': 0.0125,
      events: JSON.stringify([
        { 'event.name': 'gen_ai.system.message', content: 'Be short.' },
        { 'event.name': 'gen_ai.user.message', content: 'hi', role: 'user' },
        {
          'event.name': 'gen_ai.choice',
          index: 0,
          message: { role: 'assistant', content: 'hello' },
        },
      ]),
      'logfire.msg': 'chat gpt-5',
    },
    normal: {
      spanType: 'model',
      input: [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: 'hi' },
      ],
      output: [{ role: 'assistant', content: 'hello', index: 0 }],
      usage: { costUsd: 0.0125 },
      attributes: { 'gen_ai.operation.name': 'chat', 'logfire.msg': 'chat gpt-5' },
    },
  },
  'Pydantic AI, an agent': {
    attributes: {
      agent_name: 'planner',
      model_name: 'gpt-5',
      'pydantic_ai.all_messages': '[{"role":"user","parts":[]}]',
      final_result: 'done',
      'gen_ai.usage.input_tokens': 30,
    },
    normal: {
      spanType: 'agent',
      input: [{ role: 'user', parts: [] }],
      output: 'done',
      attributes: {
        'gen_ai.agent.name': 'planner',
        'gen_ai.request.model': 'gpt-5',
        'gen_ai.usage.input_tokens': 30,
      },
    },
  },
  'Genkit, a model': {
    attributes: {
      'genkit:type': 'action',
      'genkit:metadata:subtype': 'model',
      'genkit:name': 'googleai/gemini-2.5-flash',
      'genkit:input': '{"messages":[{"role":"user","content":[]}],"tools":[]}',
      'genkit:output':
        '{"message":{},"usage":{"inputTokens":7,"outputTokens":2,"thoughtsTokens":1,"cachedContentTokens":3}}',
      'genkit:state': 'success',
      'genkit:path': '/{x}',
    },
    normal: {
      spanType: 'model',
      input: [{ role: 'user', content: [] }],
      usage: { inputTokens: 7, outputTokens: 2, cachedInputTokens: 3, reasoningTokens: 1 },
      attributes: {
        'genkit:type': 'action',
        'genkit:metadata:subtype': 'model',
        'genkit:name': 'googleai/gemini-2.5-flash',
        'genkit:input': { tools: [] },
        'genkit:state': 'success',
        'genkit:path': '/{x}',
        'gen_ai.request.model': 'gemini-2.5-flash',
        'gen_ai.provider.name': 'googleai',
      },
    },
  },
  'Genkit, a tool that fails': {
    attributes: {
      'genkit:metadata:subtype': 'tool.v2',
      'genkit:name': 'weather',
      'genkit:input': '"Oslo"',
      'genkit:state': 'error',
      'genkit:error': 'no sky',
    },
    normal: {
      spanType: 'tool',
      input: 'Oslo',
      error: { type: 'Error', message: 'no sky' },
      attributes: {
        'genkit:metadata:subtype': 'tool.v2',
        'gen_ai.tool.name': 'weather',
        'genkit:state': 'error',
      },
    },
  },
  'AI SDK, a call of version 4': {
    attributes: {
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.model.provider': 'google.vertex.chat',
      'ai.model.id': 'gemini-2.5-pro',
      'gen_ai.system': 'google.vertex.chat',
      'gen_ai.request.model': 'gemini-2.5-pro',
      'ai.usage.promptTokens': 10,
      'ai.usage.completionTokens': 3,
      'ai.telemetry.metadata.threadId': 'c1',
      'ai.telemetry.metadata.team': 'blue',
    },
    normal: {
      spanType: 'model',
      usage: { inputTokens: 10, outputTokens: 3 },
      attributes: {
        'ai.operationId': 'ai.generateText.doGenerate',
        'ai.model.provider': 'google.vertex.chat',
        'gen_ai.system': 'google.vertex.chat',
        'gen_ai.provider.name': 'gcp.vertex_ai',
        'gen_ai.request.model': 'gemini-2.5-pro',
        'gen_ai.conversation.id': 'c1',
        'ai.telemetry.metadata.team': 'blue',
      },
    },
  },
  'our own export': {
    attributes: {
      'spantail.type': 'agent',
      'gen_ai.operation.name': 'chat',
      'spantail.input': '"[1]"',
      'spantail.output': '{"a":1}',
      'spantail.cost_usd': 0.5,
      'gen_ai.usage.input_tokens': 3,
      'gen_ai.system': 'openai',
      'gen_ai.prompt.0.role': 'user',
    },
    span: {
      events: [
        { timeUs: 1, name: 'gen_ai.choice', attributes: { a: 1, 'log.severity': 'warn' } },
        { timeUs: 2, name: 'exception', attributes: { 'exception.type': 'X' } },
      ],
    },
    normal: {
      spanType: 'agent',
      input: '[1]',
      output: { a: 1 },
      usage: { inputTokens: 3, costUsd: 0.5 },
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.system': 'openai',
        'gen_ai.prompt.0.role': 'user',
      },
      logs: [
        { timeUs: 1, message: 'gen_ai.choice', level: 'warn', attributes: { a: 1 } },
        { timeUs: 2, message: 'exception', attributes: { 'exception.type': 'X' } },
      ],
    },
  },
  'our own export, with nothing in it': {
    attributes: { 'spantail.type': 'step', 'input.value': 'as recorded' },
    normal: { spanType: 'step', attributes: { 'input.value': 'as recorded' } },
  },
};

describe('names of one vocabulary', () => {
  it.each(Object.entries(CASES))('[NF1] %s', (_title, { attributes, span, normal }) => {
    expect(normalOf(attributes, span)).toMatchObject(normal);
    if (normal.attributes !== undefined)
      expect(normalOf(attributes, span).attributes).toEqual(normal.attributes);
  });
});
