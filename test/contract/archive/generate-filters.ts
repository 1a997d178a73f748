import {
  QUERY_FIELDS,
  type CompareOperator,
  type Filter,
  type QueryField,
} from '@spantail/protocol';
import {
  ATTRIBUTE_KEYS,
  MONEY,
  NUMBERS,
  phrase,
  pick,
  STARTS,
  TEXTS,
  type Random,
} from './generate-rows.ts';

export const OPERATORS: readonly CompareOperator[] = ['=', '!=', '<', '<=', '>', '>='];
const EQUALITY: readonly CompareOperator[] = ['=', '!='];

const PATTERNS = [
  '*',
  's*',
  '*H',
  '*e*r*',
  'S*h',
  '*%*',
  '1_*',
  '*_0',
  String.raw`*\*`,
  '**',
  '*\u0000*',
];
const BETWEEN = [-1, 0.5, 999.5, Number.MAX_SAFE_INTEGER, 1e300, Number.POSITIVE_INFINITY];

export function fieldsOf(of: 'run' | 'span'): QueryField[] {
  const names = Object.keys(QUERY_FIELDS) as QueryField[];
  return names.filter((name) => (QUERY_FIELDS[name].of as readonly string[]).includes(of));
}

/** Comparisons of a field with values that are there, that are not, and that lie between. */
export function comparisonsOf(field: QueryField, traceIds: readonly string[]): Filter[] {
  const entry = QUERY_FIELDS[field];
  const base = { kind: 'field', field } as const;
  switch (entry.kind) {
    case 'text':
    case 'choice': {
      const choices: readonly string[] =
        'choices' in entry ? [...new Set(Object.values(entry.choices).flat())] : TEXTS;
      const values = field === 'trace' ? [...traceIds, 'none', `${traceIds[0]} `] : choices;
      return EQUALITY.flatMap((operator) => [
        ...values.flatMap((value) => [
          { ...base, operator, value },
          { ...base, operator, value: value.toUpperCase() },
        ]),
        ...[...PATTERNS, `${values[0]?.slice(0, 3)}*`].map((value): Filter => ({
          ...base,
          operator,
          value,
          pattern: true,
        })),
      ]);
    }
    default: {
      const known = { money: MONEY, time: STARTS, count: NUMBERS, duration: NUMBERS }[entry.kind];
      return OPERATORS.flatMap((operator) =>
        [...known, ...BETWEEN].map((value): Filter => ({ ...base, operator, value })),
      );
    }
  }
}

/** Comparisons of attributes, by text, number and whether they are there. */
export function attributeComparisons(): Filter[] {
  const numbers = [0, 1, -1, 200, 0.1, 1e21, 1e-7, 0.5];
  return [...ATTRIBUTE_KEYS, 'missing', '%'].flatMap((key) => {
    const base = { kind: 'attribute', key } as const;
    const texts = EQUALITY.flatMap((operator) => [
      ...[...TEXTS, 'true', 'False', '200', 'null', '1e21'].map((value): Filter => ({
        ...base,
        operator,
        value,
      })),
      ...PATTERNS.map((value): Filter => ({ ...base, operator, value, pattern: true })),
    ]);
    const counts = OPERATORS.flatMap((operator) =>
      numbers.map((value): Filter => ({ ...base, operator, value })),
    );
    return [...texts, ...counts];
  });
}

/** Any filter at all, some levels deep. */
export function anyFilter(random: Random, of: 'run' | 'span', depth = 3): Filter {
  if (depth > 0 && random() < 0.6) {
    if (random() < 0.3) return { kind: 'not', of: anyFilter(random, of, depth - 1) };
    const parts = Array.from({ length: Math.floor(random() * 4) }, () =>
      anyFilter(random, of, depth - 1),
    );
    return { kind: random() < 0.5 ? 'and' : 'or', of: parts };
  }
  const chance = random();
  if (chance < 0.2) return { kind: 'text', phrase: phrase(random, 1 + Math.floor(random() * 2)) };
  if (chance < 0.4) return pick(random, attributeComparisons());
  return pick(random, comparisonsOf(pick(random, fieldsOf(of)), ['a']));
}
