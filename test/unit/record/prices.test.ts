import { LIST_PRICES, costOf, priceOf, withPrices } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';

describe('prices', () => {
  it.each([
    ['gpt-4o', 2.5],
    ['gpt-4o-2024-08-06', 2.5],
    ['openai/gpt-4o-mini', 0.15],
    ['gpt-4o-mini-2024-07-18', 0.15],
    ['GPT-4.1', 2],
    ['claude-sonnet-4-20250514', 3],
    ['claude-sonnet-4-5-20250929', 3],
    ['claude-3-5-haiku-latest', 0.8],
    ['claude-opus-4-1@20250805', 15],
    ['us.anthropic.claude-opus-4-5-20251101-v1:0', 5],
    ['models/gemini-2.0-flash-001', 0.1],
  ])('finds %s', (model, input) => {
    expect(priceOf(model, LIST_PRICES)?.input).toBe(input);
  });

  it.each(['', 'gpt-4o-audio-preview', 'gpt-4', 'claude-sonnet-4-9', 'my-gpt-4o', 'o', 'o3-pro'])(
    '[REC8] knows no price of "%s"',
    (model) => {
      expect(priceOf(model, LIST_PRICES)).toBeUndefined();
    },
  );

  it('takes cached tokens out of the input, and has no cost without tokens', () => {
    const price = { input: 10, cachedInput: 1, output: 100 };
    expect(costOf({ inputTokens: 10, cachedInputTokens: 4, outputTokens: 1 }, price)).toBeCloseTo(
      (60 + 4 + 100) / 1e6,
    );
    expect(costOf({ cachedInputTokens: 4 }, price)).toBeUndefined();
    expect(costOf({ outputTokens: 0 }, price)).toBe(0);
  });

  it("puts a user's own prices in front, and takes models out", () => {
    const prices = withPrices({ mine: { input: 1, output: 2 }, 'gpt-4o': null });
    expect(priceOf('mine-2025-01-01', prices)).toEqual({ input: 1, output: 2 });
    expect(priceOf('gpt-4o', prices)).toBeUndefined();
    expect(priceOf('gpt-4o', LIST_PRICES)).toBeDefined();
  });

  it.each([
    [[], 'an object'],
    [{ m: 3 }, '"input"'],
    [{ m: { input: 1 } }, '"output"'],
    [{ m: { input: -1, output: 1 } }, '"input"'],
    [{ m: { input: 1, output: 1, cachedInput: '1' } }, '"cachedInput"'],
  ])('refuses %j and says what is wrong', (json, words) => {
    expect(() => withPrices(json)).toThrow(words);
  });
});
