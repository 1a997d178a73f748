import type { AttributeValue, Attributes } from '../event/event.ts';

/**
 * Where sources write what the record has columns for: the names of the GenAI conventions, the
 * current one first, then those it had before and those seen in the wild. The first one with a
 * usable value counts.
 */
export const TEXT_ATTRIBUTES = {
  agent: ['gen_ai.agent.name', 'gen_ai.workflow.name'],
  requestModel: ['gen_ai.request.model'],
  responseModel: ['gen_ai.response.model'],
  provider: ['gen_ai.provider.name', 'gen_ai.system'],
  session: ['gen_ai.conversation.id', 'session.id'],
  user: ['user.id', 'enduser.id'],
  service: ['service.name'],
} as const satisfies Record<string, readonly string[]>;

export const COUNT_ATTRIBUTES = {
  inputTokens: ['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens'],
  outputTokens: ['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'],
  cachedInputTokens: [
    'gen_ai.usage.cache_read.input_tokens',
    'gen_ai.usage.cache_read_input_tokens',
  ],
  reasoningTokens: ['gen_ai.usage.reasoning.output_tokens', 'gen_ai.usage.reasoning_tokens'],
} as const satisfies Record<string, readonly string[]>;

/** US dollars; the conventions have no name for it. */
export const COST_ATTRIBUTES = ['gen_ai.usage.cost', 'operation.cost'] as const;

/** A list of texts, or one text. */
export const TAGS_ATTRIBUTES = ['tags', 'tag.tags'] as const;

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

function numberOf(value: AttributeValue): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
}
