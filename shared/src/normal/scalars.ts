import type { Attributes, SpanType, Usage } from '../event/event.ts';
import { numberOf } from './number-of.ts';
import { fromText, isMap, keepAttribute, toPlain } from './plain.ts';
import { structured, type Known, type Reading } from './reading.ts';
import { PROVIDERS } from './names/providers.ts';
import { MEANINGS, type ScalarRule } from './rules.ts';

/**
 * Writes what the known attributes mean under the current names, and returns the usage. A name that
 * says exactly what was written is left out; one that says anything else stays.
 */
export function readScalars(
  { known, attributes }: Reading,
  spanType: SpanType,
  reads: { hasTexts: boolean; hasUsage: boolean },
): Usage | undefined {
  const ranks: number[] = [];
  const values: unknown[] = [];
  const winners: Known[] = [];
  for (const one of known)
    for (const rule of one.rules.scalars) {
      const { index } = rule.meaning;
      if ((ranks[index] ?? Infinity) <= rule.rank || !applies(rule, spanType, reads)) continue;
      const value = readValue(one, rule);
      if (value === undefined) continue;
      ranks[index] = rule.rank;
      values[index] = value;
      winners[index] = one;
    }
  for (const one of known)
    if (!one.taken && one.rules.scalars.length > 0)
      one.taken = one.rules.scalars.some(
        (rule) =>
          rule.at === undefined &&
          rule.take === undefined &&
          applies(rule, spanType, reads) &&
          (winners[rule.meaning.index] === one ||
            isSame(readValue(one, rule), values[rule.meaning.index])),
      );
  return write(values, attributes);
}

function write(values: readonly unknown[], attributes: Attributes): Usage | undefined {
  let usage: Usage | undefined;
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    const meaning = MEANINGS[index];
    if (value === undefined || meaning === undefined) continue;
    if (meaning.usage === undefined || meaning.usage === 'write')
      keepAttribute(attributes, meaning.name, value);
    else (usage ??= {})[meaning.usage] = value as number;
  }
  return usage;
}

function applies(
  { on, meaning }: ScalarRule,
  spanType: SpanType,
  { hasTexts, hasUsage }: { hasTexts: boolean; hasUsage: boolean },
): boolean {
  if (!(meaning.usage === undefined ? hasTexts : hasUsage)) return false;
  return on === undefined || on.includes(spanType);
}

function readValue(known: Known, { meaning, at, take }: ScalarRule): unknown {
  let value = at === undefined ? known.value : inside(structured(known), at);
  if (take !== undefined) value = part(value, take);
  switch (meaning.kind) {
    case 'text':
      return typeof value === 'string' && value !== '' ? value : undefined;
    case 'count': {
      const count = numberOf(value);
      return Number.isSafeInteger(count) && count >= 0 ? count + 0 : undefined;
    }
    case 'amount': {
      const amount = numberOf(value);
      return Number.isFinite(amount) && amount >= 0 ? amount + 0 : undefined;
    }
    case 'list':
      return listOf(typeof value === 'string' ? structured(known) : toPlain(value));
    case 'json':
      return jsonOf(typeof value === 'string' ? structured(known) : toPlain(value));
  }
}

function inside(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const key of path) at = isMap(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return at;
}

/** `openai/gpt-5` is a provider and its model; a model's name may have slashes of its own. */
function part(value: unknown, take: 'head' | 'tail' | 'provider'): unknown {
  if (typeof value !== 'string') return undefined;
  if (take === 'provider') return providerOf(value);
  const slash = value.indexOf('/');
  if (take === 'head') return slash > 0 ? value.slice(0, slash) : undefined;
  return value.slice(slash + 1);
}

function providerOf(value: string): string {
  for (const [prefix, name] of PROVIDERS) if (value.startsWith(prefix)) return name;
  const dot = value.indexOf('.');
  return dot > 0 ? value.slice(0, dot) : value;
}

function listOf(value: unknown): unknown[] | undefined {
  if (typeof value === 'string') return value === '' ? undefined : [value];
  return Array.isArray(value) && value.length > 0 ? value : undefined;
}

function jsonOf(value: unknown): unknown {
  if (!Array.isArray(value)) return isMap(value) ? value : undefined;
  return value.map((item: unknown) => {
    if (typeof item !== 'string') return item;
    return fromText(item);
  });
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === undefined) return false;
  if (a === b) return true;
  // Lists of a few words, and tools, which two names of one span have alike or not at all.
  return Array.isArray(a) && Array.isArray(b) && JSON.stringify(a) === JSON.stringify(b);
}
