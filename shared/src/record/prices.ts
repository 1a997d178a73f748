import type { TokenCounts } from './span-row.ts';

/** US dollars for a million tokens. */
export interface ModelPrice {
  input: number;
  /** Of input tokens that came from a cache; absent: like `input`. */
  cachedInput?: number;
  output: number;
}

/** By the model's name, without a date behind it. */
export type PriceTable = ReadonlyMap<string, ModelPrice>;

/** When the providers' lists below were looked up, and where they are. */
export const PRICES_AS_OF = '2026-03-21';
export const PRICES_SOURCES = [
  'https://openai.com/api/pricing',
  'https://claude.com/pricing#api',
  'https://ai.google.dev/gemini-api/docs/pricing',
  'https://api-docs.deepseek.com/quick_start/pricing',
] as const;

/**
 * List prices of well-known models: text, shortest context, no batch or tier. What is not here has
 * no cost rather than a wrong one; `--prices` adds and replaces.
 */
const LIST: Record<string, [input: number, cachedInput: number, output: number]> = {
  'gpt-5.4': [2.5, 0.25, 15],
  'gpt-5.4-mini': [0.75, 0.075, 4.5],
  'gpt-5.2': [1.75, 0.175, 14],
  'gpt-5.1': [1.25, 0.125, 10],
  'gpt-5': [1.25, 0.125, 10],
  'gpt-5-mini': [0.25, 0.025, 2],
  'gpt-5-nano': [0.05, 0.005, 0.4],
  'gpt-4.1': [2, 0.5, 8],
  'gpt-4.1-mini': [0.4, 0.1, 1.6],
  'gpt-4.1-nano': [0.1, 0.025, 0.4],
  'gpt-4o': [2.5, 1.25, 10],
  'gpt-4o-mini': [0.15, 0.075, 0.6],
  o1: [15, 7.5, 60],
  o3: [2, 0.5, 8],
  'o3-mini': [1.1, 0.55, 4.4],
  'o4-mini': [1.1, 0.275, 4.4],
  'text-embedding-3-small': [0.02, 0.02, 0],
  'text-embedding-3-large': [0.13, 0.13, 0],
  'claude-opus-4-6': [5, 0.5, 25],
  'claude-sonnet-4-6': [3, 0.3, 15],
  'claude-opus-4-5': [5, 0.5, 25],
  'claude-opus-4-1': [15, 1.5, 75],
  'claude-opus-4': [15, 1.5, 75],
  'claude-sonnet-4-5': [3, 0.3, 15],
  'claude-sonnet-4': [3, 0.3, 15],
  'claude-haiku-4-5': [1, 0.1, 5],
  'claude-3-7-sonnet': [3, 0.3, 15],
  'claude-3-5-sonnet': [3, 0.3, 15],
  'claude-3-5-haiku': [0.8, 0.08, 4],
  'claude-3-opus': [15, 1.5, 75],
  'claude-3-haiku': [0.25, 0.03, 1.25],
  'gemini-2.5-pro': [1.25, 0.125, 10],
  'gemini-2.5-flash': [0.3, 0.03, 2.5],
  'gemini-2.5-flash-lite': [0.1, 0.01, 0.4],
  'gemini-2.0-flash': [0.1, 0.025, 0.4],
  'deepseek-chat': [0.28, 0.028, 0.42],
  'deepseek-reasoner': [0.28, 0.028, 0.42],
};

export const LIST_PRICES: PriceTable = new Map(
  Object.entries(LIST).map(([model, [input, cachedInput, output]]) => [
    model,
    { input, cachedInput, output },
  ]),
);

/** What may stand behind a model's name without making it another model: a date, a build, `latest`. */
const DATED =
  /^[-@](?:latest|\d{3,4}|\d{6}|\d{8}|\d{4}-\d{2}-\d{2}|\d{2}-\d{2}|\d{2}-\d{4})?(?:-?v\d+(?::\d+)?)?$/;

/** The price of the longest name in the table that this is, or is a dated form of. */
export function priceOf(model: string, prices: PriceTable): ModelPrice | undefined {
  // Routers and clouds put themselves in front: `openai/gpt-4o`, `us.anthropic.claude-…`.
  const bare = model.toLowerCase().replace(/^.*\/|^(?:[a-z]+\.)*anthropic\./g, '');
  for (const name of [model, bare]) {
    for (let end = name.length; end > 0; end--) {
      const price = prices.get(name.slice(0, end));
      if (price !== undefined && (end === name.length || DATED.test(name.slice(end)))) return price;
    }
  }
  return undefined;
}

/** Input tokens include the cached ones. `undefined` when no tokens are known: not zero. */
export function costOf(tokens: TokenCounts, price: ModelPrice): number | undefined {
  const { inputTokens, outputTokens, cachedInputTokens = 0 } = tokens;
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  const cached = Math.min(cachedInputTokens, inputTokens ?? 0);
  const million =
    ((inputTokens ?? 0) - cached) * price.input +
    cached * (price.cachedInput ?? price.input) +
    (outputTokens ?? 0) * price.output;
  return million / 1_000_000;
}

/**
 * The list with a user's own prices in front: JSON, `{"model": {"input": 1, "cachedInput": 0.1,
 * "output": 5}}`; `null` takes a model out.
 *
 * @throws TypeError naming what is wrong
 */
export function withPrices(json: unknown, base: PriceTable = LIST_PRICES): PriceTable {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new TypeError('prices are an object of models');
  const prices = new Map(base);
  for (const [model, value] of Object.entries(json)) {
    if (value === null) prices.delete(model);
    else prices.set(model, readPrice(model, value));
  }
  return prices;
}

function readPrice(model: string, value: unknown): ModelPrice {
  const fields = typeof value === 'object' && value !== null ? { ...value } : {};
  const { input, cachedInput, output } = fields as Record<string, unknown>;
  const wrong = (field: string): TypeError =>
    new TypeError(
      `the price of "${model}" has no usable "${field}": US dollars for a million tokens, from 0`,
    );
  if (!isAmount(input)) throw wrong('input');
  if (!isAmount(output)) throw wrong('output');
  if (cachedInput !== undefined && !isAmount(cachedInput)) throw wrong('cachedInput');
  return { input, output, ...(cachedInput === undefined ? {} : { cachedInput }) };
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
