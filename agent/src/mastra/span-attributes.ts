import type { SpanType, Usage } from '@spantail/protocol';
import type { MastraSpan } from './mastra-event.ts';

/** Mastra's names that have one in the GenAI conventions. */
const NAMES: Readonly<Record<string, string>> = {
  model: 'gen_ai.request.model',
  responseModel: 'gen_ai.response.model',
  responseId: 'gen_ai.response.id',
  provider: 'gen_ai.provider.name',
  conversationId: 'gen_ai.conversation.id',
  instructions: 'gen_ai.system_instructions',
  tools: 'gen_ai.tool.definitions',
  toolCallId: 'gen_ai.tool.call.id',
  toolType: 'gen_ai.tool.type',
  toolDescription: 'gen_ai.tool.description',
  streaming: 'gen_ai.request.stream',
};

const METADATA_NAMES: Readonly<Record<string, string>> = {
  sessionId: 'session.id',
  threadId: 'gen_ai.conversation.id',
  conversationId: 'gen_ai.conversation.id',
  userId: 'user.id',
};

/**
 * A span's attributes: those of a known meaning by their name in the GenAI conventions, all others as
 * `mastra.<name>`. `usage` of a model call is left out, as its span has it.
 */
export function toAttributes(
  span: MastraSpan,
  attributes: Record<string, unknown>,
  spanType: SpanType,
): Record<string, unknown> {
  const named: Record<string, unknown> = { 'mastra.span.type': span.type };
  for (const [key, value] of Object.entries(attributes)) {
    if (isEmpty(value) || (key === 'usage' && spanType === 'model')) continue;
    named[NAMES[key] ?? `mastra.${key}`] = value;
  }
  if (typeof attributes['finishReason'] === 'string')
    named['gen_ai.response.finish_reasons'] = [attributes['finishReason']];
  for (const [key, value] of Object.entries(span.metadata ?? {})) {
    if (!isEmpty(value)) named[METADATA_NAMES[key] ?? `mastra.metadata.${key}`] = value;
  }
  if (span.tags !== undefined && span.tags.length > 0) named['tags'] = span.tags;
  if (spanType === 'agent' && span.entityName !== undefined)
    named['gen_ai.agent.name'] = span.entityName;
  if (spanType === 'agent' && span.entityId !== undefined) named['gen_ai.agent.id'] = span.entityId;
  if (spanType === 'tool' && span.entityName !== undefined)
    named['gen_ai.tool.name'] = span.entityName;
  return named;
}

/** Tokens and cost of a model call. */
export function toUsage(attributes: Record<string, unknown>): Usage {
  const usage = objectOf(attributes['usage']);
  const input = objectOf(usage['inputDetails']);
  const output = objectOf(usage['outputDetails']);
  const cost = objectOf(attributes['costContext']);
  const unit = cost['costUnit'] ?? 'USD';
  const isDollars = typeof unit === 'string' && unit.toUpperCase() === 'USD';
  return {
    ...count('inputTokens', usage['inputTokens']),
    ...count('outputTokens', usage['outputTokens']),
    ...count('cachedInputTokens', input['cacheRead']),
    ...count('reasoningTokens', output['reasoning']),
    ...(isDollars ? count('costUsd', cost['estimatedCost']) : {}),
  };
}

function count(key: keyof Usage, value: unknown): Usage {
  return typeof value === 'number' ? { [key]: value } : {};
}

/** Mastra writes some names whether or not there is something to say. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === 'object' && !(value instanceof Date) && Object.keys(value).length === 0;
}

export function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
