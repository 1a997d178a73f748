import type { Attributes, Usage } from '@spantail/protocol';
import type { JsonValue } from '../../recorded/action.ts';
import type { JsonObject } from '../../source/json-value.ts';
import { asCount, asNumber, asObject, asString, defined } from '../../source/json-value.ts';
import type { SpanRecord } from './span-record.ts';

/** Attributes that hold a span's input, in the order of preference. */
const INPUT_KEYS = [
  'gen_ai.input.messages',
  'gen_ai.tool.call.arguments',
  'gcp.vertex.agent.llm_request',
  'gcp.vertex.agent.tool_call_args',
];
const OUTPUT_KEYS = [
  'gen_ai.output.messages',
  'gen_ai.tool.call.result',
  'gcp.vertex.agent.llm_response',
  'gcp.vertex.agent.tool_response',
];

const ROLES: Record<string, string> = {
  system: 'system',
  user: 'user',
  human: 'user',
  ai: 'assistant',
  assistant: 'assistant',
  tool: 'tool',
};

/** Input from the `data.input` event (Monocle), else from the conventions' attributes. */
export function inputOf(span: SpanRecord): JsonValue | undefined {
  const event = eventAttributes(span, 'data.input');
  return unwrapInput(event['input'] ?? event['query']) ?? fromAttributes(span, INPUT_KEYS);
}

export function outputOf(span: SpanRecord): JsonValue | undefined {
  const event = eventAttributes(span, 'data.output');
  const output = event['response'] ?? event['output'];
  return output === undefined ? fromAttributes(span, OUTPUT_KEYS) : parsed(output);
}

export function usageOf(span: SpanRecord): Usage | undefined {
  const metadata = eventAttributes(span, 'metadata');
  const usage = defined<Usage>({
    inputTokens:
      asCount(metadata['prompt_tokens']) ?? asCount(span.attributes['gen_ai.usage.input_tokens']),
    outputTokens:
      asCount(metadata['completion_tokens']) ??
      asCount(span.attributes['gen_ai.usage.output_tokens']),
    totalTokens: asCount(metadata['total_tokens']),
  });
  return Object.keys(usage).length === 0 ? undefined : usage;
}

/** What is known when the span opens: the recorded attributes without those shown elsewhere. */
export function openAttributes(span: SpanRecord): Attributes {
  const { attributes, kind } = span;
  const shown = new Set([...INPUT_KEYS, ...OUTPUT_KEYS, ...RESPONSE_KEYS]);
  return {
    ...genAiAttributes(span),
    ...Object.fromEntries(Object.entries(attributes).filter(([key]) => !shown.has(key))),
    ...(kind === undefined ? {} : { 'otel.kind': kind }),
  };
}

/** What is known when it closes. */
export function closeAttributes(span: SpanRecord): Attributes {
  const metadata = eventAttributes(span, 'metadata');
  const finish = metadata['finish_reason'] ?? eventAttributes(span, 'data.output')['finish_reason'];
  return {
    ...defined<Attributes>({
      'gen_ai.response.finish_reasons': finish === undefined ? undefined : [finish],
      'gen_ai.response.model': asString(metadata['model']),
    }),
    ...Object.fromEntries(
      Object.entries(span.attributes).filter(([key]) => RESPONSE_KEYS.includes(key)),
    ),
  };
}

/** Recorded as attributes, though known only at the end. */
const RESPONSE_KEYS = [
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.output_tokens',
  'gen_ai.response.finish_reasons',
  'gen_ai.response.id',
  'gen_ai.response.model',
  'last.inference',
];

/** Monocle names entities by number: `entity.2.name` with `entity.2.type` = `model.llm.gpt-4o`. */
function genAiAttributes(span: SpanRecord): Attributes {
  const { attributes } = span;
  const entity = (prefix: string, field: string): string | undefined => {
    for (let n = 1; n <= 8; n++)
      if (asString(attributes[`entity.${n}.type`])?.startsWith(prefix) === true)
        return asString(attributes[`entity.${n}.${field}`]);
    return undefined;
  };
  const type = asString(attributes['span.type']) ?? '';
  if (type === 'inference' || type === 'inference.framework')
    return defined<Attributes>({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': entity('model.llm', 'name'),
      'gen_ai.provider.name': entity('inference.', 'type')?.slice('inference.'.length),
      'server.address': entity('inference.', 'provider_name'),
      'gen_ai.request.temperature': asNumber(eventAttributes(span, 'metadata')['temperature']),
    });
  if (type === 'agentic.tool.invocation' || type === 'agentic.mcp.invocation')
    return defined<Attributes>({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': asString(attributes['entity.1.name']),
      'gen_ai.tool.description': asString(attributes['entity.1.description']),
    });
  if (type.startsWith('agentic.'))
    return defined<Attributes>({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': entity('agent.', 'name'),
      'gen_ai.agent.description': entity('agent.', 'description'),
      'gen_ai.conversation.id': asString(attributes['scope.agentic.session']),
    });
  return {};
}

function eventAttributes(span: SpanRecord, name: string): JsonObject {
  return span.events.find((event) => event.name === name)?.attributes ?? {};
}

function fromAttributes(span: SpanRecord, keys: string[]): JsonValue | undefined {
  for (const key of keys) {
    const value = span.attributes[key];
    if (value !== undefined) return parsed(value);
  }
  return undefined;
}

/** A list of one text is that text: exporters wrap every input into a list. */
function unwrapInput(value: JsonValue | undefined): JsonValue | undefined {
  if (!Array.isArray(value)) return value === undefined ? undefined : parsed(value);
  const items = value.map((item) => asMessage(parsed(item)));
  const [only] = items;
  return items.length === 1 && typeof only === 'string' ? only : items;
}

/** JSON inside a string becomes the value, so that messages are told apart and stored once. */
function parsed(value: JsonValue): JsonValue {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as JsonValue;
  } catch {
    // Text that merely begins like JSON (a Python literal, a template) stays text.
    return value;
  }
}

/** `{"human": "…"}` becomes `{role: 'user', content: '…'}`. */
function asMessage(value: JsonValue): JsonValue {
  const [entry, ...others] = Object.entries(asObject(value) ?? {});
  const role = entry === undefined ? undefined : ROLES[entry[0]];
  if (entry === undefined || role === undefined || others.length > 0) return value;
  return { role, content: entry[1] };
}
