import type { QueryField } from './fields.ts';

export type CompareOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/**
 * A filter as every store understands it. Values are in stored units: microseconds for times and
 * durations, dollars for money. A row without a value for a field matches no comparison with it but
 * `!=`.
 */
export type Filter =
  | { kind: 'and'; of: Filter[] }
  | { kind: 'or'; of: Filter[] }
  | { kind: 'not'; of: Filter }
  /** Text compares whole and without case, unless `pattern`: then `*` stands for any characters. */
  | {
      kind: 'field';
      field: QueryField;
      operator: CompareOperator;
      value: string | number;
      pattern?: true;
    }
  /** An attribute by its key, compared as text or number, as the value is. Spans only. */
  | { kind: 'attribute'; key: string; operator: CompareOperator; value: string | number }
  /** All words next to each other, without case, in names, inputs, outputs or errors. */
  | { kind: 'text'; phrase: string };

/** Where a page goes on: behind the row with this sort value and these ids. */
export interface PageKey {
  value: number | null;
  traceId: string;
  spanId?: string;
}

export const SORT_FIELDS = ['start', 'duration', 'tokens', 'cost'] as const;
/** What rows are ordered by; rows without a value come last, whichever the direction. */
export type SortField = (typeof SORT_FIELDS)[number];
