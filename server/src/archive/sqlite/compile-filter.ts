import {
  fieldEntry,
  fromHex,
  type CompareOperator,
  type Filter,
  type QueryField,
} from '@spantail/protocol';
import { indexWords } from './index-words.ts';
import { runOfId, textTable } from './schema.ts';
import type { Column } from './span-columns.ts';

/** A condition with the values for its question marks, in order. */
export interface Condition {
  sql: string;
  values: Column[];
}

export interface CompileTarget {
  of: 'run' | 'span';
  /** Whose full text is searched. */
  project: number;
  /** Only hits of these span ids are looked at. */
  hits?: { first: number; last: number };
  known?: KnownHits;
}

/** What a phrase of the filter was found in: it need not be searched again. */
export interface KnownHits {
  phrase: Filter;
  /** Span ids. */
  ids: readonly number[];
}

const NEVER: Condition = { sql: '0', values: [] };
const EVER: Condition = { sql: '1', values: [] };

const COMMON_COLUMNS: Partial<Record<QueryField, string>> = {
  name: 'name',
  agent: 'agent',
  session: 'session',
  user: 'user',
  start: 'start_us',
  duration: 'duration_us',
  tokens: 'tokens',
  input: 'input_tokens',
  output: 'output_tokens',
  cached: 'cached_tokens',
  cost: 'cost_usd',
};
const COLUMNS: Record<CompileTarget['of'], Partial<Record<QueryField, string>>> = {
  run: {
    ...COMMON_COLUMNS,
    service: 'service',
    status: 'status',
    spans: 'span_count',
    errors: 'error_count',
  },
  span: {
    ...COMMON_COLUMNS,
    type: 'type',
    status: 'standing',
    model: 'model',
    provider: 'provider',
    error: 'error',
  },
};
/** Fields of runs with several values, each in a table of its own. */
const LISTS: Partial<Record<QueryField, string>> = { model: 'run_models', tag: 'run_tags' };

/**
 * The condition that is true of exactly the rows a filter matches; of others it is false or NULL.
 * Nothing of the filter's text becomes SQL: values are bound, names come from the tables here. Rows
 * are `r` (of `runs`) or `s` (of `spans`).
 */
export function compileFilter(filter: Filter, target: CompileTarget): Condition {
  switch (filter.kind) {
    case 'and':
      return join(filter.of, ' AND ', EVER, target);
    case 'or':
      return join(filter.of, ' OR ', NEVER, target);
    case 'not':
      return not(compileFilter(filter.of, target));
    case 'field':
      return compileField(filter, target);
    case 'attribute':
      return target.of === 'run' ? compareNothing(filter.operator) : compileAttribute(filter);
    case 'text':
      return target.known?.phrase === filter
        ? compileKnown(target.known.ids, target.of)
        : compileText(filter.phrase, target);
  }
}

/** Whether its answer depends on full text. */
export function usesText(filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.of.some(usesText);
    case 'not':
      return usesText(filter.of);
    case 'text':
      return true;
    default:
      return false;
  }
}

/** What FTS5 is asked for a phrase: quoted, so that nothing in it is syntax. No words: nothing. */
export function matchPhrase(phrase: string): string | undefined {
  const words = indexWords(phrase);
  // Words are letters, digits and marks: there is no quote to escape.
  return words === '' ? undefined : `"${words}"`;
}

function join(parts: Filter[], by: string, empty: Condition, target: CompileTarget): Condition {
  if (parts.length === 0) return empty;
  const conditions = parts.map((part) => compileFilter(part, target));
  // Two and two: SQLite bounds how deep an expression may be, and a list of terms is as deep as long.
  return balance(conditions, by);
}

function balance(conditions: Condition[], by: string): Condition {
  const [only] = conditions;
  if (only !== undefined && conditions.length === 1) return only;
  const middle = conditions.length >> 1;
  const left = balance(conditions.slice(0, middle), by);
  const right = balance(conditions.slice(middle), by);
  return {
    sql: `(${left.sql}${by}${right.sql})`,
    values: [...left.values, ...right.values],
  };
}

/** NULL, of a row without the value, counts as false. */
function not({ sql, values }: Condition): Condition {
  return { sql: `(NOT coalesce(${sql}, 0))`, values };
}

/** A row without a value matches no comparison but `!=`. */
function compareNothing(operator: CompareOperator): Condition {
  return operator === '!=' ? EVER : NEVER;
}

function compileField(filter: Filter & { kind: 'field' }, target: CompileTarget): Condition {
  const { operator, ...rest } = filter;
  if (operator === '!=') return not(compileField({ ...rest, operator: '=' }, target));
  const { field, value } = filter;
  const alias = target.of === 'run' ? 'r' : 's';
  if (field === 'trace') return compareTrace(filter, `${alias}.trace`);
  const list = target.of === 'run' ? LISTS[field] : undefined;
  if (list !== undefined) {
    const { sql, values } = compareText(filter, 'l.value');
    return { sql: `EXISTS (SELECT 1 FROM ${list} l WHERE l.run = r.id AND ${sql})`, values };
  }
  const column = COLUMNS[target.of][field];
  if (column === undefined) return NEVER;
  const { kind } = fieldEntry(field);
  if (kind === 'choice') return compareChoice(filter, `${alias}.${column}`, target.of);
  if (kind === 'text') return compareText(filter, `${alias}.${column}`);
  if (typeof value !== 'number' || filter.pattern === true) return NEVER;
  return { sql: `${alias}.${column} ${operator} ?`, values: [value] };
}

/** The column compares without case of ASCII letters (NOCASE). */
function compareText(
  { operator, value, pattern }: Pick<Filter & { kind: 'field' }, 'operator' | 'value' | 'pattern'>,
  column: string,
): Condition {
  if (operator !== '=' || typeof value !== 'string') return NEVER;
  if (pattern === true) return { sql: `matches_pattern(${column}, ?)`, values: [value] };
  return { sql: `${column} = ?`, values: [value] };
}

/** A value of a closed list stands in the SQL itself: partial indexes are found by it. */
function compareChoice(
  filter: Filter & { kind: 'field' },
  column: string,
  of: CompileTarget['of'],
): Condition {
  if (filter.pattern === true) return compareText(filter, column);
  const choices = fieldEntry(filter.field).choices?.[of];
  const choice = choices?.find((choice) => choice === String(filter.value).toLowerCase());
  if (choice === undefined || filter.operator !== '=') return NEVER;
  return { sql: `${column} = '${choice}'`, values: [] };
}

function compareTrace(filter: Filter & { kind: 'field' }, column: string): Condition {
  if (filter.pattern === true) return compareText(filter, `lower(hex(${column}))`);
  const trace = fromHex(String(filter.value).toLowerCase());
  if (trace === undefined || filter.operator !== '=') return NEVER;
  return { sql: `${column} = ?`, values: [trace] };
}

function compileAttribute(filter: Filter & { kind: 'attribute' }): Condition {
  const { operator, ...rest } = filter;
  if (operator === '!=') return not(compileAttribute({ ...rest, operator: '=' }));
  const { key, value, pattern } = filter;
  const has = ({ sql, values }: Condition): Condition => ({
    sql: `EXISTS (SELECT 1 FROM json_each(s.attributes) a WHERE a.key = ? AND ${sql})`,
    values: [key, ...values],
  });
  if (typeof value === 'number')
    return has({ sql: `a.type IN ('integer', 'real') AND a.value ${operator} ?`, values: [value] });
  if (operator !== '=') return NEVER;
  if (pattern === true && value === '*') return has({ sql: "a.type <> 'null'", values: [] });
  const comparison = pattern === true ? 'matches_pattern(%, ?)' : '% = ? COLLATE NOCASE';
  // A boolean is compared as the text that its JSON is.
  return has({
    sql: `CASE a.type WHEN 'text' THEN ${comparison.replace('%', 'a.value')}
      WHEN 'true' THEN ${comparison.replace('%', 'a.type')}
      WHEN 'false' THEN ${comparison.replace('%', 'a.type')} ELSE 0 END`,
    values: [value, value, value],
  });
}

function compileKnown(ids: readonly number[], of: CompileTarget['of']): Condition {
  const values = [JSON.stringify(ids)];
  if (of === 'span') return { sql: 's.id IN (SELECT value FROM json_each(?))', values };
  return { sql: `r.id IN (SELECT ${runOfId('value')} FROM json_each(?))`, values };
}

function compileText(phrase: string, { of, project, hits }: CompileTarget): Condition {
  const match = matchPhrase(phrase);
  if (match === undefined) return NEVER;
  const table = textTable(project);
  // Numbers are bound as floating point, which FTS5 does not take for bounds of row ids: it would go
  // through all hits.
  const bound = 'CAST(? AS INTEGER)';
  const bounds = hits === undefined ? '' : ` AND rowid BETWEEN ${bound} AND ${bound}`;
  const found = `FROM ${table} WHERE ${table} MATCH ?${bounds}`;
  const values = hits === undefined ? [match] : [match, hits.first, hits.last];
  if (of === 'span') return { sql: `s.id IN (SELECT rowid ${found})`, values };
  return { sql: `r.id IN (SELECT ${runOfId('rowid')} ${found})`, values };
}
