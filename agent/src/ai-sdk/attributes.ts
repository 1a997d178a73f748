import { fieldsOf } from '../adapter/fields-of.ts';
import type { ModelEndEvent, OperationStartEvent } from './events.ts';

/** Providers as the GenAI conventions name them; the SDK adds what is called: `openai.responses`. */
const PROVIDERS: readonly [prefix: string, name: string][] = [
  ['google.vertex', 'gcp.vertex_ai'],
  ['google-vertex', 'gcp.vertex_ai'],
  ['google', 'gcp.gemini'],
  ['amazon-bedrock', 'aws.bedrock'],
  ['bedrock', 'aws.bedrock'],
  ['azure-openai', 'azure.ai.openai'],
  ['azure', 'azure.ai.openai'],
  ['mistral', 'mistral_ai'],
  ['xai', 'x_ai'],
];

/** Settings of a call that the conventions have names for. */
const SETTINGS: Readonly<Record<string, string>> = {
  maxOutputTokens: 'gen_ai.request.max_tokens',
  temperature: 'gen_ai.request.temperature',
  topP: 'gen_ai.request.top_p',
  topK: 'gen_ai.request.top_k',
  presencePenalty: 'gen_ai.request.presence_penalty',
  frequencyPenalty: 'gen_ai.request.frequency_penalty',
  stopSequences: 'gen_ai.request.stop_sequences',
  seed: 'gen_ai.request.seed',
};

/** Keys of the runtime context that say whose run it is. */
const CONTEXT: Readonly<Record<string, string>> = {
  userId: 'user.id',
  sessionId: 'gen_ai.conversation.id',
  conversationId: 'gen_ai.conversation.id',
  threadId: 'gen_ai.conversation.id',
};

export function modelAttributes(event: {
  readonly provider?: string;
  readonly modelId?: string;
}): Record<string, unknown> {
  return {
    'gen_ai.provider.name': event.provider === undefined ? undefined : providerOf(event.provider),
    'gen_ai.request.model': event.modelId,
  };
}

/** What the model is asked for, beside the messages. */
export function requestAttributes(event: object): Record<string, unknown> {
  const given = fieldsOf(event);
  const tools = Array.isArray(given['tools'])
    ? given['tools'].map((tool: unknown) => fieldsOf(tool)['name'])
    : [];
  return {
    ...Object.fromEntries(Object.entries(SETTINGS).map(([from, to]) => [to, given[from]])),
    'ai.tools': tools.length === 0 ? undefined : tools,
  };
}

export function responseAttributes(event: ModelEndEvent): Record<string, unknown> {
  const { finishReason, performance, responseId, response, modelId } = event;
  const firstMs = fieldsOf(performance)['timeToFirstOutputMs'];
  return {
    'gen_ai.response.model': fieldsOf(response)['modelId'] ?? modelId,
    'gen_ai.response.id': responseId ?? fieldsOf(response)['id'],
    'gen_ai.response.finish_reasons': typeof finishReason === 'string' ? [finishReason] : undefined,
    'gen_ai.response.time_to_first_chunk':
      typeof firstMs === 'number' ? firstMs / 1_000 : undefined,
  };
}

/** The part of the runtime context that the program has allowed in its telemetry. */
export function contextAttributes({
  runtimeContext,
}: OperationStartEvent): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fieldsOf(runtimeContext)).map(([key, value]) => [
      CONTEXT[key] ?? `ai.context.${key}`,
      value,
    ]),
  );
}

function providerOf(provider: string): string {
  const lower = provider.toLowerCase();
  for (const [prefix, name] of PROVIDERS)
    if (lower === prefix || lower.startsWith(`${prefix}.`) || lower.startsWith(`${prefix}-`))
      return name;
  return provider.split('.')[0] ?? provider;
}
