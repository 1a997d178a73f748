import type { SpanNode } from '../tree/span-node.ts';
import {
  COST_ATTRIBUTES,
  COUNT_ATTRIBUTES,
  TEXT_ATTRIBUTES,
  readAmount,
  readCount,
  readTags,
  readText,
} from './attribute-names.ts';
import { LIST_PRICES, costOf, priceOf, type PriceTable } from './prices.ts';
import type { TokenCounts } from './span-row.ts';

/** What one span says itself, without those above it: the typed columns, read once. */
export interface SpanFacts {
  agent?: string;
  model?: string;
  provider?: string;
  sessionId?: string;
  userId?: string;
  service?: string;
  tags: string[];
  /** As it says itself: an outer span may repeat the total of those below. */
  usage: TokenCounts;
}

export function factsOf(node: SpanNode, prices: PriceTable = LIST_PRICES): SpanFacts {
  const { attributes } = node;
  const text = (names: readonly string[]): string | undefined => readText(attributes, names);
  const requested = text(TEXT_ATTRIBUTES.requestModel);
  const answered = text(TEXT_ATTRIBUTES.responseModel);
  const agent = text(TEXT_ATTRIBUTES.agent) ?? agentName(node);
  const model = requested ?? answered;
  const provider = text(TEXT_ATTRIBUTES.provider);
  const sessionId = text(TEXT_ATTRIBUTES.session);
  const userId = text(TEXT_ATTRIBUTES.user);
  const service = text(TEXT_ATTRIBUTES.service);
  return {
    ...(agent === undefined ? {} : { agent }),
    ...(model === undefined ? {} : { model }),
    ...(provider === undefined ? {} : { provider }),
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(userId === undefined ? {} : { userId }),
    ...(service === undefined ? {} : { service }),
    tags: readTags(attributes),
    usage: usageOf(node, [answered, requested], prices),
  };
}

/** An agent's span without a name of the agent is named after it, often with the operation in front. */
function agentName({ spanType, name }: SpanNode): string | undefined {
  if (spanType !== 'agent') return undefined;
  const bare = name.replace(/^invoke_agent /, '');
  return bare === '' ? undefined : bare;
}

function usageOf(
  { usage, attributes }: SpanNode,
  models: (string | undefined)[],
  prices: PriceTable,
): TokenCounts {
  const counts: TokenCounts = {};
  for (const field of TOKEN_FIELDS) {
    const count = usage?.[field] ?? readCount(attributes, COUNT_ATTRIBUTES[field]);
    if (count !== undefined) counts[field] = count;
  }
  const given = usage?.costUsd ?? readAmount(attributes, COST_ATTRIBUTES);
  const costUsd = given ?? priced(counts, models, prices);
  return costUsd === undefined ? counts : { ...counts, costUsd };
}

/** The model that answered is the exact one; what was asked for may be a router. */
function priced(
  counts: TokenCounts,
  models: (string | undefined)[],
  prices: PriceTable,
): number | undefined {
  for (const model of models) {
    const price = model === undefined ? undefined : priceOf(model, prices);
    if (price !== undefined) return costOf(counts, price);
  }
  return undefined;
}

const TOKEN_FIELDS = [
  'inputTokens',
  'outputTokens',
  'cachedInputTokens',
  'reasoningTokens',
] as const satisfies readonly (keyof TokenCounts)[];
