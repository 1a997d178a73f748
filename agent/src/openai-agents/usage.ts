import type { Usage } from '@spantail/protocol';

const NAMES = {
  inputTokens: ['input_tokens', 'inputTokens', 'prompt_tokens'],
  outputTokens: ['output_tokens', 'outputTokens', 'completion_tokens'],
  totalTokens: ['total_tokens', 'totalTokens'],
} as const;

/** Where the parts of a total are: of both APIs of OpenAI, and of the SDK's own `Usage`. */
const INPUT_DETAILS = ['input_tokens_details', 'inputTokensDetails', 'prompt_tokens_details'];
const OUTPUT_DETAILS = [
  'output_tokens_details',
  'outputTokensDetails',
  'completion_tokens_details',
];
const CACHED = ['cached_tokens', 'cached_input_tokens'];
const REASONING = ['reasoning_tokens'];

/** Tokens from any of the forms in which a model call of the SDK may tell them. */
export function readUsage(given: unknown): Usage {
  if (!isRecord(given)) return {};
  const details = isRecord(given['details']) ? given['details'] : {};
  const inputTokens = count(given, NAMES.inputTokens);
  const outputTokens = count(given, NAMES.outputTokens);
  const totalTokens = count(given, NAMES.totalTokens);
  const cached = partOf(given, INPUT_DETAILS, CACHED) ?? partOf(details, INPUT_DETAILS, CACHED);
  const cachedInputTokens = cached ?? count(details, CACHED);
  const reasoning =
    partOf(given, OUTPUT_DETAILS, REASONING) ?? partOf(details, OUTPUT_DETAILS, REASONING);
  const reasoningTokens = reasoning ?? count(details, REASONING);
  // A model that does not count says 0; that it used nothing is not known.
  if (!inputTokens && !outputTokens && !totalTokens) return {};
  return {
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(cachedInputTokens === undefined ? {} : { cachedInputTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  };
}

/** The details are one record, or a list with one for each request. */
function partOf(
  given: Record<string, unknown>,
  places: readonly string[],
  names: readonly string[],
): number | undefined {
  for (const place of places) {
    const found = given[place];
    let sum: number | undefined;
    for (const details of Array.isArray(found) ? found : [found]) {
      const part = isRecord(details) ? count(details, names) : undefined;
      if (part !== undefined) sum = (sum ?? 0) + part;
    }
    if (sum !== undefined) return sum;
  }
  return undefined;
}

function count(given: Record<string, unknown>, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = given[name];
    if (typeof value === 'number') return value;
  }
  return undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
