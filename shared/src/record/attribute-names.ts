import type { AttributeValue, Attributes } from '../event/event.ts';
import { TEXTS, type Scalar } from '../normal/names/scalars.ts';
import type { Source } from '../normal/names/sources.ts';
import { USAGE } from '../normal/names/usage.ts';
import { numberOf } from '../normal/number-of.ts';

/**
 * Where spans have what the record has columns for: the names of the normal form's tables that begin
 * with `gen_ai.` or are a standard's own, for spans whose publisher writes them itself. The first one
 * with a usable value counts.
 */
export const TEXT_ATTRIBUTES = {
  agent: /* @__PURE__ */ namesOf(TEXTS.agent),
  requestModel: /* @__PURE__ */ namesOf(TEXTS.requestModel),
  responseModel: /* @__PURE__ */ namesOf(TEXTS.responseModel),
  provider: /* @__PURE__ */ namesOf(TEXTS.provider),
  session: [
    .../* @__PURE__ */ namesOf(TEXTS.conversation),
    .../* @__PURE__ */ namesOf(TEXTS.session),
  ],
  user: /* @__PURE__ */ namesOf(TEXTS.user),
  service: ['service.name'],
} as const satisfies Record<string, readonly string[]>;

export const COUNT_ATTRIBUTES = {
  inputTokens: /* @__PURE__ */ namesOf(USAGE.inputTokens),
  outputTokens: /* @__PURE__ */ namesOf(USAGE.outputTokens),
  cachedInputTokens: /* @__PURE__ */ namesOf(USAGE.cachedInputTokens),
  reasoningTokens: /* @__PURE__ */ namesOf(USAGE.reasoningTokens),
} as const satisfies Record<string, readonly string[]>;

/** US dollars; the conventions have no name for it. */
export const COST_ATTRIBUTES: readonly string[] = /* @__PURE__ */ namesOf(USAGE.costUsd, 'logfire');

/** A list of texts, or one text. */
export const TAGS_ATTRIBUTES: readonly string[] = /* @__PURE__ */ namesOf(
  TEXTS.tags,
  'openinference',
);

function namesOf({ from }: Scalar, also?: Source): string[] {
  return from.flatMap(([source, key]) =>
    source === 'gen_ai' || source === 'wild' || source === also ? [key] : [],
  );
}

export function readText(
  attributes: Readonly<Attributes>,
  names: readonly string[],
): string | undefined {
  return first(attributes, names, (value) =>
    typeof value === 'string' && value !== '' ? value : undefined,
  );
}

/** A whole number, also as text: some exporters write all values as text. */
export function readCount(
  attributes: Readonly<Attributes>,
  names: readonly string[],
): number | undefined {
  return first(attributes, names, (value) => {
    const count = numberOf(value);
    return Number.isSafeInteger(count) && count >= 0 ? count : undefined;
  });
}

export function readAmount(
  attributes: Readonly<Attributes>,
  names: readonly string[],
): number | undefined {
  return first(attributes, names, (value) => {
    const amount = numberOf(value);
    return Number.isFinite(amount) && amount >= 0 ? amount : undefined;
  });
}

export function readTags(attributes: Readonly<Attributes>): string[] {
  const tags = first(attributes, TAGS_ATTRIBUTES, (value) => {
    const list = (Array.isArray(value) ? value : [value]).filter(
      (tag): tag is string => typeof tag === 'string' && tag !== '',
    );
    return list.length > 0 ? list : undefined;
  });
  return tags ?? [];
}

function first<T>(
  attributes: Readonly<Attributes>,
  names: readonly string[],
  read: (value: AttributeValue) => T | undefined,
): T | undefined {
  for (const name of names) {
    const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    const found = value === undefined ? undefined : read(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
