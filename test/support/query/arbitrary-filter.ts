import {
  fieldEntry,
  fieldsOf,
  searchWords,
  type Filter,
  type QueryField,
  type QuerySubject,
} from '@spantail/protocol';
import fc from 'fast-check';

const ORDER = fc.constantFrom('=', '!=', '<', '<=', '>', '>=' as const);
const EQUALITY = fc.constantFrom('=', '!=' as const);
/** Mostly what has a meaning of its own in the language, or in SQL. */
const HOSTILE = fc.constantFrom(
  ...`" \\ * ( ) : @ - .. > = ! ' % _ ;-- OR AND NOT a B é 漢 😀 \u0301 \u202e 0 7`.split(' '),
  ' ',
  '\n',
);
export const hostileText = fc.oneof(
  fc.array(HOSTILE, { maxLength: 8 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);

/** Filters as parsing makes them: no list of one, no list in a list of its kind. */
export function arbitraryFilter(subject: QuerySubject): fc.Arbitrary<Filter> {
  const text: fc.Arbitrary<Filter> = hostileText
    .filter((phrase) => searchWords(phrase).length > 0)
    .map((phrase) => ({ kind: 'text', phrase }));
  const leaves = [...fieldsOf(subject).map((name) => fieldLeaf(name, subject)), text];
  if (subject === 'span') leaves.push(attributeLeaf());
  return fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.oneof(...leaves),
      list('and', tie('filter')),
      list('or', tie('filter')),
      tie('filter').map((of): Filter => ({ kind: 'not', of })),
    ),
  })).filter;
}

function list(kind: 'and' | 'or', part: fc.Arbitrary<Filter>): fc.Arbitrary<Filter> {
  return fc
    .array(part, { minLength: 2, maxLength: 3 })
    .map((parts) => ({ kind, of: parts.flatMap((one) => (one.kind === kind ? one.of : [one])) }));
}

function fieldLeaf(field: QueryField, subject: QuerySubject): fc.Arbitrary<Filter> {
  const { kind, choices } = fieldEntry(field);
  if (kind === 'text') return textual({ kind: 'field', field });
  if (kind === 'choice')
    return fc
      .tuple(EQUALITY, fc.constantFrom(...(choices?.[subject] ?? [])))
      .map(([operator, value]) => ({ kind: 'field', field, operator, value }));
  const value =
    kind === 'money'
      ? fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((number) => number + 0)
      : kind === 'time'
        ? fc.integer({ min: 0, max: 9_000_000_000_000_000 })
        : fc.maxSafeNat();
  return fc
    .tuple(ORDER, value)
    .map(([operator, value]) => ({ kind: 'field', field, operator, value }));
}

function attributeLeaf(): fc.Arbitrary<Filter> {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
  return hostileText
    .filter((key) => key !== '')
    .chain((key) =>
      fc.oneof(
        textual({ kind: 'attribute', key }),
        fc
          .tuple(ORDER, number)
          .map(([operator, value]): Filter => ({ kind: 'attribute', key, operator, value })),
      ),
    );
}

type Named = { kind: 'field'; field: QueryField } | { kind: 'attribute'; key: string };

function textual(named: Named): fc.Arbitrary<Filter> {
  return fc.oneof(
    fc.tuple(EQUALITY, hostileText).map(([operator, value]) => ({ ...named, operator, value })),
    fc.tuple(EQUALITY, hostileText, hostileText).map(([operator, a, b]) => ({
      ...named,
      operator,
      value: `${a}*${b}`,
      pattern: true as const,
    })),
  );
}
