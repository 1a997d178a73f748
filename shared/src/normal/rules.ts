import type { SpanType } from '../event/event.ts';
import {
  CONTENTS,
  DETAILS_EVENT,
  SLOTS,
  type Content,
  type ContentOptions,
  type Slot,
} from './names/contents.ts';
import { FAILED, FAILURES, type FailureField } from './names/failures.ts';
import { TEXTS, type NameOptions, type Scalar, type ScalarKind } from './names/scalars.ts';
import type { Source } from './names/sources.ts';
import { PRESENCE, TYPES } from './names/types.ts';
import { CACHE_WRITE, USAGE, type UsageField } from './names/usage.ts';

/** A meaning with one value, and the field of the usage that it is. */
export interface Meaning {
  index: number;
  name: string;
  kind: ScalarKind;
  /** `write`: part of the usage, but an attribute. */
  usage?: UsageField | 'write';
}

export interface ScalarRule extends NameOptions {
  meaning: Meaning;
  rank: number;
}

export interface ContentRule extends ContentOptions {
  slot: Slot;
  rank: number;
  source: Source;
}

export interface TypeRule {
  rank: number;
  values: ReadonlyMap<string, SpanType>;
}

/** All that one attribute may mean. */
export interface KeyRules {
  scalars: ScalarRule[];
  contents: ContentRule[];
  types: TypeRule[];
  presence?: { rank: number; type: SpanType };
  failure?: { field: FailureField; rank: number };
  failed?: string;
  /** Says only how another attribute is to be read. */
  mimeType?: true;
}

export const MEANINGS: readonly Meaning[] = /* @__PURE__ */ [
  .../* @__PURE__ */ Object.values<Scalar>(TEXTS).map(({ name, kind }) => ({ name, kind })),
  .../* @__PURE__ */ Object.entries<Scalar>(USAGE).map(([usage, { name, kind }]) => ({
    name,
    kind,
    usage: usage as UsageField,
  })),
  { name: CACHE_WRITE.name, kind: CACHE_WRITE.kind, usage: 'write' as const },
].map((meaning, index) => ({ ...meaning, index }));

interface Compiled {
  /** By the name of an attribute of a span. */
  keys: Map<string, KeyRules>;
  /** By the name of an event, a space and the name of its attribute. */
  eventKeys: Map<string, KeyRules>;
  /** By the name of a list laid flat. */
  lists: Map<string, ContentRule>;
  /** By event and attribute; `messages` for those that are a message. */
  events: Map<string, ContentRule[]>;
  /** Events that have any of them. */
  eventNames: Set<string>;
}

export const RULES: Compiled = /* @__PURE__ */ compile();

function compile(): Compiled {
  const keys = new Map<string, KeyRules>();
  const eventKeys = new Map<string, KeyRules>();
  const lists = new Map<string, ContentRule>();
  const events = new Map<string, ContentRule[]>();

  const scalars: Scalar[] = [...Object.values(TEXTS), ...Object.values(USAGE), CACHE_WRITE];
  for (const [index, { from }] of scalars.entries())
    for (const [rank, [, key, options = {}]] of from.entries()) {
      const meaning = MEANINGS[index];
      if (meaning === undefined) continue;
      const { event } = options;
      const rules = event === undefined ? at(keys, key) : at(eventKeys, `${event} ${key}`);
      rules.scalars.push({ ...options, meaning, rank });
    }

  for (const slot of SLOTS)
    for (const [rank, content] of CONTENTS[slot].entries()) {
      const [source, place, key, options = {}] = content satisfies Content;
      const rule: ContentRule = { ...options, slot, rank, source };
      if (place === 'key') at(keys, key).contents.push(rule);
      else if (place === 'list') lists.set(key, rule);
      else events.set(key, [...(events.get(key) ?? []), rule]);
      if (options.mimeType !== undefined) at(keys, options.mimeType).mimeType = true;
    }

  for (const [rank, { key, values }] of TYPES.entries())
    at(keys, key).types.push({ rank, values: new Map(Object.entries(values)) });
  for (const [rank, [, key, type]] of PRESENCE.entries()) at(keys, key).presence = { rank, type };
  for (const field of Object.keys(FAILURES) as FailureField[])
    for (const [rank, [, key]] of FAILURES[field].entries())
      at(keys, key).failure = { field, rank };
  for (const [, key, value] of FAILED) at(keys, key).failed = value;
  const places = [...eventKeys.keys(), ...events.keys()].filter((place) => place.includes(' '));
  const eventNames = new Set([DETAILS_EVENT, ...places.map((place) => place.split(' ')[0] ?? '')]);
  return { keys, eventKeys, lists, events, eventNames };
}

function at(map: Map<string, KeyRules>, key: string): KeyRules {
  const found = map.get(key);
  if (found !== undefined) return found;
  const rules: KeyRules = { scalars: [], contents: [], types: [] };
  map.set(key, rules);
  return rules;
}
