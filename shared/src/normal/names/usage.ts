import type { Scalar } from './scalars.ts';

const LANGFUSE = 'langfuse.observation.usage_details';
const COSTS = 'langfuse.observation.cost_details';
const ADK = 'gcp.vertex.agent.llm_response';
const METADATA = { event: 'metadata' } as const;

/**
 * Tokens and US dollars. They are a model's or an embedding's `usage`; other spans repeat the totals
 * of what is below them and keep such attributes as they came. Cached tokens are part of the input,
 * reasoning tokens of the output.
 */
export const USAGE = {
  inputTokens: {
    name: 'gen_ai.usage.input_tokens',
    kind: 'count',
    from: [
      ['gen_ai', 'gen_ai.usage.input_tokens'],
      ['gen_ai', 'gen_ai.usage.prompt_tokens'],
      ['openinference', 'llm.token_count.prompt'],
      ['ai-sdk', 'ai.usage.inputTokens'],
      ['ai-sdk', 'ai.usage.promptTokens'],
      ['ai-sdk', 'ai.usage.tokens'],
      ['openllmetry', 'llm.usage.prompt_tokens'],
      ['langfuse', LANGFUSE, { at: ['input'] }],
      ['langfuse', LANGFUSE, { at: ['prompt_tokens'] }],
      ['genkit', 'genkit:output', { at: ['usage', 'inputTokens'] }],
      ['adk', ADK, { at: ['usage_metadata', 'prompt_token_count'] }],
      ['monocle', 'prompt_tokens', METADATA],
    ],
  },
  outputTokens: {
    name: 'gen_ai.usage.output_tokens',
    kind: 'count',
    from: [
      ['gen_ai', 'gen_ai.usage.output_tokens'],
      ['gen_ai', 'gen_ai.usage.completion_tokens'],
      ['openinference', 'llm.token_count.completion'],
      ['ai-sdk', 'ai.usage.outputTokens'],
      ['ai-sdk', 'ai.usage.completionTokens'],
      ['openllmetry', 'llm.usage.completion_tokens'],
      ['langfuse', LANGFUSE, { at: ['output'] }],
      ['langfuse', LANGFUSE, { at: ['completion_tokens'] }],
      ['genkit', 'genkit:output', { at: ['usage', 'outputTokens'] }],
      ['adk', ADK, { at: ['usage_metadata', 'candidates_token_count'] }],
      ['monocle', 'completion_tokens', METADATA],
    ],
  },
  cachedInputTokens: {
    name: 'gen_ai.usage.cache_read.input_tokens',
    kind: 'count',
    from: [
      ['gen_ai', 'gen_ai.usage.cache_read.input_tokens'],
      ['wild', 'gen_ai.usage.cache_read_input_tokens'],
      ['wild', 'gen_ai.usage.cached_input_tokens'],
      ['openinference', 'llm.token_count.prompt_details.cache_read'],
      ['openinference', 'llm.token_count.prompt_details.cache_input'],
      ['ai-sdk', 'ai.usage.inputTokenDetails.cacheReadTokens'],
      ['ai-sdk', 'ai.usage.cachedInputTokens'],
      ['langfuse', LANGFUSE, { at: ['cache_read_input_tokens'] }],
      ['langfuse', LANGFUSE, { at: ['input_cached_tokens'] }],
      ['genkit', 'genkit:output', { at: ['usage', 'cachedContentTokens'] }],
      ['adk', ADK, { at: ['usage_metadata', 'cached_content_token_count'] }],
    ],
  },
  reasoningTokens: {
    name: 'gen_ai.usage.reasoning.output_tokens',
    kind: 'count',
    from: [
      ['gen_ai', 'gen_ai.usage.reasoning.output_tokens'],
      ['wild', 'gen_ai.usage.reasoning_tokens'],
      ['wild', 'gen_ai.usage.details.reasoning_tokens'],
      ['openinference', 'llm.token_count.completion_details.reasoning'],
      ['ai-sdk', 'ai.usage.outputTokenDetails.reasoningTokens'],
      ['ai-sdk', 'ai.usage.reasoningTokens'],
      ['langfuse', LANGFUSE, { at: ['output_reasoning_tokens'] }],
      ['genkit', 'genkit:output', { at: ['usage', 'thoughtsTokens'] }],
      ['adk', ADK, { at: ['usage_metadata', 'thoughts_token_count'] }],
    ],
  },
  totalTokens: {
    name: 'gen_ai.usage.total_tokens',
    kind: 'count',
    from: [
      ['wild', 'gen_ai.usage.total_tokens'],
      ['openinference', 'llm.token_count.total'],
      ['ai-sdk', 'ai.usage.totalTokens'],
      ['openllmetry', 'llm.usage.total_tokens'],
      ['langfuse', LANGFUSE, { at: ['total'] }],
      ['genkit', 'genkit:output', { at: ['usage', 'totalTokens'] }],
      ['adk', ADK, { at: ['usage_metadata', 'total_token_count'] }],
      ['monocle', 'total_tokens', METADATA],
    ],
  },
  costUsd: {
    name: 'gen_ai.usage.cost',
    kind: 'amount',
    from: [
      ['spantail', 'spantail.cost_usd'],
      ['wild', 'gen_ai.usage.cost'],
      ['openinference', 'llm.cost.total'],
      ['langfuse', COSTS, { at: ['total'] }],
      ['logfire', 'operation.cost'],
    ],
  },
} as const satisfies Record<string, Scalar>;
export type UsageField = keyof typeof USAGE;

/** Part of the input too, but nothing that the record adds up. */
export const CACHE_WRITE = {
  name: 'gen_ai.usage.cache_write.input_tokens',
  kind: 'count',
  from: [
    ['gen_ai', 'gen_ai.usage.cache_write.input_tokens'],
    ['gen_ai', 'gen_ai.usage.cache_creation.input_tokens'],
    ['wild', 'gen_ai.usage.cache_creation_input_tokens'],
    ['openinference', 'llm.token_count.prompt_details.cache_write'],
    ['ai-sdk', 'ai.usage.inputTokenDetails.cacheWriteTokens'],
  ],
} as const satisfies Scalar;
