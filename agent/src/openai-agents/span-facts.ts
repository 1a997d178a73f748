import type { SpanType, Usage } from '@spantail/protocol';
import type { AgentsSpan } from './framework-types.ts';
import { completionOutput, modelOutput } from './model-output.ts';
import { isRecord, readUsage } from './usage.ts';

/** What a span of the SDK says at a moment; it says more at its end. */
export interface SpanFacts {
  name: string;
  type: SpanType;
  attributes: Record<string, unknown>;
  input?: unknown;
  output?: unknown;
  usage?: Usage;
}

export function spanFacts({ spanData }: AgentsSpan): SpanFacts {
  const read = Object.hasOwn(READERS, spanData.type) ? READERS[spanData.type] : undefined;
  return (
    read?.(spanData) ?? {
      name: textOf(spanData['name']) || spanData.type,
      type: 'step',
      attributes: {},
    }
  );
}

type Data = AgentsSpan['spanData'];

const READERS: Record<string, ((data: Data) => SpanFacts) | undefined> = {
  agent: (data) => ({
    name: textOf(data['name']),
    type: 'agent',
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': data['name'],
      'openai.agents.tools': data['tools'],
      'openai.agents.handoffs': data['handoffs'],
      'openai.agents.output_type': data['output_type'],
    },
  }),
  // Its usage repeats that of its calls, like that of a turn.
  task: (data) => ({
    name: textOf(data['name']),
    type: 'step',
    attributes: { 'openai.agents.usage': data['usage'] },
  }),
  turn: (data) => ({
    name: `turn ${textOf(data['turn'])}`,
    type: 'step',
    attributes: {
      'gen_ai.agent.name': data['agent_name'],
      'openai.agents.turn': data['turn'],
      'openai.agents.usage': data['usage'],
    },
  }),
  generation: (data) => ({
    ...modelFacts(data['model']),
    input: data['input'],
    output: completionOutput(data['output']),
    usage: { ...readUsage(firstUsage(data['output'])), ...readUsage(data['usage']) },
  }),
  response: (data) => {
    const response = isRecord(data['_response']) ? data['_response'] : {};
    const facts = modelFacts(response['model']);
    facts.attributes['gen_ai.provider.name'] = 'openai';
    facts.attributes['gen_ai.response.id'] = data['response_id'];
    return {
      ...facts,
      input: data['_input'],
      output: modelOutput(response['output']),
      usage: readUsage(response['usage']),
    };
  },
  function: (data) => ({
    name: textOf(data['name']),
    type: 'tool',
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': data['name'],
      'openai.agents.mcp': data['mcp_data'],
    },
    input: parsed(data['input']),
    output: parsed(data['output']),
  }),
  mcp_tools: (data) => ({
    name: `list tools ${textOf(data['server'])}`.trimEnd(),
    type: 'tool',
    attributes: { 'mcp.method.name': 'tools/list', 'mcp.server.name': data['server'] },
    output: data['result'],
  }),
  handoff: (data) => ({
    name: data['to_agent'] === undefined ? 'handoff' : `handoff to ${textOf(data['to_agent'])}`,
    type: 'handoff',
    attributes: { 'handoff.from': data['from_agent'], 'handoff.to': data['to_agent'] },
  }),
  guardrail: (data) => ({
    name: textOf(data['name']),
    type: 'guardrail',
    attributes: { 'guardrail.triggered': data['triggered'] },
  }),
  custom: (data) => ({
    name: textOf(data['name']),
    type: 'step',
    attributes: { 'openai.agents.data': data['data'] },
  }),
  // Sound itself is not kept.
  transcription: (data) => ({ ...modelFacts(data['model']), output: data['output'] }),
  speech: (data) => ({ ...modelFacts(data['model']), input: data['input'] }),
  speech_group: (data) => ({ name: 'speech', type: 'step', attributes: {}, input: data['input'] }),
};

function modelFacts(model: unknown): SpanFacts {
  return {
    name: modelSpanName(model),
    type: 'model',
    attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': model },
  };
}

export function modelSpanName(model: unknown): string {
  return typeof model === 'string' && model !== '' ? `chat ${model}` : 'chat';
}

function firstUsage(output: unknown): unknown {
  const first: unknown = Array.isArray(output) ? output[0] : undefined;
  return isRecord(first) ? first['usage'] : undefined;
}

/** Tools take and give text; what is JSON in it is shown as such. */
function parsed(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  // Not known yet, or not to be known.
  if (text === '') return undefined;
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The SDK's error in one line, with the type of what was thrown where it says that. */
export function spanError(error: NonNullable<AgentsSpan['error']>): Error {
  const detail = error.data?.['error'];
  const isMore = typeof detail === 'string' && detail !== '' && detail !== error.message;
  const described = new Error(isMore ? `${error.message}: ${detail}` : error.message);
  const [, type] = /^([A-Za-z]\w+): /.exec(isMore ? detail : '') ?? [];
  if (type !== undefined) described.name = type;
  // Made here: its stack would say nothing of the agent's.
  delete described.stack;
  return described;
}
