import type { Usage } from '@spantail/protocol';
import { asNumber, asObject, asString, defined, type JsonObject } from '../../source/json-value.ts';

const CACHED = /cache.*read|cached/;
const REASONING = /reasoning/;

/**
 * Tokens and cost. Langfuse has a count for each kind of token; whether `input` includes the cached
 * ones, and `output` the reasoning, was up to who sent it. The total tells.
 */
export function usageOf(fields: JsonObject): Usage | undefined {
  const details = countsIn(fields['usageDetails'] ?? fields['usage']);
  const sumOf = (test: RegExp): number | undefined => {
    const counts = details.filter(([key]) => test.test(key)).map(([, count]) => count);
    return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
  };
  const input = sumOf(/^(input|inputTokens|prompt_tokens|promptTokens)$/) ?? count(fields, 'input');
  const output =
    sumOf(/^(output|outputTokens|completion_tokens|completionTokens)$/) ?? count(fields, 'output');
  const total = sumOf(/^(total|totalTokens|total_tokens)$/) ?? count(fields, 'total');
  const cached = sumOf(CACHED);
  const reasoning = sumOf(REASONING);
  const isWhole = total !== undefined && (input ?? 0) + (output ?? 0) === total;
  const allInput = sumOf(/^(input|prompt|cache)/);
  const allOutput = sumOf(/^(output|completion)/);
  const usage = defined<Usage>({
    inputTokens: isWhole ? input : (allInput ?? input),
    outputTokens: isWhole ? output : (allOutput ?? output),
    cachedInputTokens: cached === 0 ? undefined : cached,
    reasoningTokens: reasoning === 0 ? undefined : reasoning,
    totalTokens: total,
    costUsd: costOf(fields),
  });
  const isNothing = Object.values(usage).every((amount) => amount === 0);
  return isNothing ? undefined : usage;
}

/** An API before version 3, and exports of tables, have counts as fields. */
function count(fields: JsonObject, kind: 'input' | 'output' | 'total'): number | undefined {
  const old = { input: 'promptTokens', output: 'completionTokens', total: 'totalTokens' }[kind];
  return amountOf(fields[`${kind}Usage`] ?? fields[`${kind}Tokens`] ?? fields[old]);
}

function costOf(fields: JsonObject): number | undefined {
  const costs = countsIn(fields['costDetails'] ?? fields['providedCostDetails']);
  const sum = costs.filter(([key]) => key !== 'total').reduce((all, [, cost]) => all + cost, 0);
  const told =
    costs.find(([key]) => key === 'total')?.[1] ??
    (costs.length > 0 ? sum : undefined) ??
    amountOf(fields['calculatedTotalCost']) ??
    amountOf(fields['totalCost']) ??
    amountOf(asObject(fields['usage'])?.['totalCost']);
  return told === 0 ? undefined : told;
}

function countsIn(value: JsonObject[string] | undefined): [string, number][] {
  const text = asString(value);
  const details = text === undefined ? asObject(value) : parsedObject(text);
  return Object.entries(details ?? {}).flatMap(([key, item]): [string, number][] => {
    const amount = amountOf(item);
    return amount === undefined ? [] : [[key, amount]];
  });
}

/** Also as text, as a table export writes it. */
function amountOf(value: JsonObject[string] | undefined): number | undefined {
  const text = asString(value);
  const amount = text === undefined || text.trim() === '' ? asNumber(value) : Number(text);
  return amount !== undefined && Number.isFinite(amount) && amount >= 0 ? amount : undefined;
}

function parsedObject(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text) as JsonObject);
  } catch {
    return undefined;
  }
}
