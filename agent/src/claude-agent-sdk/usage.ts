import type { Usage } from '@spantail/protocol';
import type { Fields } from '../adapter/fields-of.ts';

/** Tokens of one call. Its `input_tokens` are without those that came from the cache or went to it. */
export function readUsage(usage: Fields): Usage {
  const count = (key: string): number | undefined => {
    const value = usage[key];
    return typeof value === 'number' ? value : undefined;
  };
  const input = count('input_tokens');
  const cached = count('cache_read_input_tokens');
  const written = count('cache_creation_input_tokens');
  const output = count('output_tokens');
  return {
    ...(input === undefined ? {} : { inputTokens: input + (cached ?? 0) + (written ?? 0) }),
    ...(cached === undefined ? {} : { cachedInputTokens: cached }),
    ...(output === undefined ? {} : { outputTokens: output }),
  };
}
