import {
  SPAN_STATUSES,
  SPAN_TYPES,
  type AttributeValue,
  type Attributes,
} from '@spantail/protocol';
import type { Archive, ArchivedSpan, RunCommit } from 'spantail';
import { MemoryArchive } from '../../support/memory-archive.ts';
import { commitOf, entriesFrom, runRow, spanRow } from './samples.ts';

export type Random = () => number;

export const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));

/** Texts that are alike but for case, or mean something to SQL, to LIKE or to a text search. */
export const TEXTS = [
  'search',
  'Search',
  'SEARCH',
  'sëarch',
  'SËARCH',
  '100%',
  '100 percent',
  '1_0',
  '1x0',
  String.raw`back\slash`,
  "it's; DROP TABLE spans; --",
  '"quoted" AND NOT x',
  'with\u0000nul',
  'withnul',
  String.raw`\u0000 spelt out`,
  'x*y',
  'xzzy',
  '🦀 crab',
  '',
  ' ',
  'line\nbreak',
] as const;

export const ATTRIBUTE_KEYS = [
  'k',
  'K',
  'http.status',
  `o'dd "key" \\ $1`,
  'nul\u0000',
  '',
] as const;

export const NUMBERS = [0, 1, 5, 1_000, 2_000_000, 2 ** 40] as const;
export const MONEY = [0, 0.1, 0.1 + 0.2, 1e-9, 12.5] as const;
/** Few starts for many spans: many equal ones. */
export const STARTS = [
  0, 1, 999_999, 1_000_000, 1_500_000, 3_000_000, 1_764_000_000_000_000,
] as const;

export const WORDS = [
  'rate',
  'Limit',
  'exceeded',
  'limits',
  'Ünïcode',
  '速度制限',
  'naïve',
  'x',
  '429',
  'v1',
  'and',
  'OR',
  'not',
  'near',
  'the',
  "don't",
  'e-mail',
  'a.b/c',
  'snake_case',
  '!',
] as const;

const ATTRIBUTE_VALUES: AttributeValue[] = [
  ...TEXTS,
  0,
  1,
  -1,
  200,
  0.1,
  1e21,
  1e-7,
  true,
  false,
  null,
  ['search'],
  { search: 1 },
];

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

/** The value, or as often as one time in three none. */
function maybe<Key extends string, Value>(random: Random, key: Key, value: Value) {
  return (random() < 1 / 3 ? {} : { [key]: value }) as { [K in Key]?: Value };
}

function hex(random: Random, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
}

export function phrase(random: Random, length: number): string {
  const joints = [' ', ' ', ', ', '\n', '-', '  '];
  return Array.from({ length }, () => pick(random, WORDS) + pick(random, joints)).join('');
}

function attributes(random: Random): Attributes {
  const some: Attributes = {};
  for (const key of ATTRIBUTE_KEYS) if (random() < 0.5) some[key] = pick(random, ATTRIBUTE_VALUES);
  return some;
}

function usage(random: Random) {
  return {
    ...maybe(random, 'inputTokens', pick(random, NUMBERS)),
    ...maybe(random, 'outputTokens', pick(random, NUMBERS)),
    ...maybe(random, 'cachedInputTokens', pick(random, NUMBERS)),
    ...maybe(random, 'costUsd', pick(random, MONEY)),
  };
}

function who(random: Random) {
  return {
    ...maybe(random, 'agent', pick(random, TEXTS)),
    ...maybe(random, 'sessionId', pick(random, TEXTS)),
    ...maybe(random, 'userId', pick(random, TEXTS)),
  };
}

export function generateSpan(random: Random, traceId: string): ArchivedSpan {
  const spanId = hex(random, 16);
  const { startUs: _, endUs: __, durationUs: ___, ...plain } = spanRow(traceId);
  const row = {
    ...plain,
    spanId,
    name: pick(random, TEXTS),
    type: pick(random, SPAN_TYPES),
    state: pick(random, ['open', 'closed', 'closed', 'closed', 'lost', 'unknown'] as const),
    status: pick(random, SPAN_STATUSES),
    attributes: attributes(random),
    ...who(random),
    ...usage(random),
    ...maybe(random, 'model', pick(random, TEXTS)),
    ...maybe(random, 'provider', pick(random, TEXTS)),
    ...maybe(random, 'error', { type: pick(random, TEXTS), message: 'because' }),
    ...maybe(random, 'startUs', pick(random, STARTS)),
    ...maybe(random, 'durationUs', pick(random, NUMBERS)),
  };
  return { row, searchText: phrase(random, Math.floor(random() * 8)) };
}

export function generateCommit(random: Random, spans: number, project = 'default'): RunCommit {
  const traceId = hex(random, 32);
  const some = (): string[] => TEXTS.filter(() => random() < 0.1);
  const run = runRow(traceId, {
    name: pick(random, TEXTS),
    status: pick(random, ['running', 'ok', 'error', 'lost'] as const),
    startUs: pick(random, STARTS),
    spanCount: pick(random, NUMBERS),
    errorCount: pick(random, NUMBERS),
    lastActivityUs: pick(random, STARTS),
    models: some(),
    tags: some(),
    ...who(random),
    ...usage(random),
    ...maybe(random, 'service', pick(random, TEXTS)),
    ...maybe(random, 'durationUs', pick(random, NUMBERS)),
  });
  const all = Array.from({ length: spans }, () => generateSpan(random, traceId));
  return commitOf(traceId, entriesFrom(1_000, 1), { project, run, spans: all });
}

/** The same runs in the archive and in one that looks at every row. */
export async function fill(
  archive: Archive,
  random: Random,
  { runs = 40, spans = 8 } = {},
): Promise<{ oracle: Archive; commits: RunCommit[] }> {
  const oracle = new MemoryArchive();
  const commits = Array.from({ length: runs }, () => generateCommit(random, spans));
  // Another project's rows, which no answer may have.
  const others = Array.from({ length: 3 }, () => generateCommit(random, spans, 'another'));
  for (const store of [archive, oracle]) await store.commit([...commits, ...others]);
  return { oracle, commits };
}
