import type { QueryField, QuerySubject } from './fields.ts';

export type CompareOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/**
 * A filter as every store understands it. Values are in stored units: microseconds for times and
 * durations, dollars for money. A row without a value for a field matches no comparison with it but
 * `!=`. Logic has two values: `not` matches exactly what its operand does not. `evaluate.ts` is the
 * definition that stores are tested against.
 */
export type Filter =
  | { kind: 'and'; of: Filter[] }
  | { kind: 'or'; of: Filter[] }
  | { kind: 'not'; of: Filter }
  /**
   * Text compares whole and without case (of ASCII letters), unless `pattern`: then each `*` stands
   * for any characters. Text takes `=` and `!=` only. Of a field with several values (`tag`, a run's
   * `model`) `=` asks whether one matches, `!=` whether none does.
   */
  | {
      kind: 'field';
      field: QueryField;
      operator: CompareOperator;
      value: string | number;
      pattern?: true;
    }
  /**
   * An attribute by its key, compared as text or number, as the value is: numbers with attributes
   * that are numbers, text with those that are text or (as `true`, `false`) booleans. The pattern `*`
   * alone matches whatever is there, other than null. Spans only.
   */
  | {
      kind: 'attribute';
      key: string;
      operator: CompareOperator;
      value: string | number;
      pattern?: true;
    }
  /**
   * The words of the phrase (see `searchWords`) next to each other in the text a span is found by; of
   * a run, in that of one of its spans.
   */
  | { kind: 'text'; phrase: string };

/**
 * Where a page goes on: behind the row with this sort value and these ids. Rows are ordered by value,
 * then `traceId`, then `spanId`, all in the same direction; those without a value (`null`) come last,
 * whichever the direction.
 */
export interface PageKey {
  value: number | null;
  traceId: string;
  spanId?: string;
}

const COMMON_SORT_FIELDS = ['start', 'duration', 'tokens', 'cost'] as const;
/**
 * What rows are ordered by; rows without a value come last, whichever the direction. `activity` is
 * when the log was last written for a run.
 */
export const SORT_FIELDS = {
  run: [...COMMON_SORT_FIELDS, 'activity', 'spans', 'errors'],
  span: COMMON_SORT_FIELDS,
} as const satisfies Record<QuerySubject, readonly string[]>;
export type SortField<Subject extends QuerySubject = QuerySubject> =
  (typeof SORT_FIELDS)[Subject][number];
