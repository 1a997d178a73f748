import {
  foldCase,
  isTraceId,
  searchWords,
  type CompareOperator,
  type Filter,
  type QueryField,
} from '@spantail/protocol';
import { phraseQuery } from './lexemes.ts';
import { storedText } from './stored-text.ts';

type FieldFilter = Filter & { kind: 'field' };
type AttributeFilter = Filter & { kind: 'attribute' };

/** How a column is compared. */
type Column =
  | { kind: 'text' | 'choice' | 'number' | 'money' | 'texts'; sql: string }
  | { kind: 'trace' };

const COMMON: Partial<Record<QueryField, Column>> = {
  trace: { kind: 'trace' },
  name: { kind: 'text', sql: 'name' },
  agent: { kind: 'text', sql: 'agent' },
  status: { kind: 'choice', sql: 'status' },
  session: { kind: 'text', sql: 'session_id' },
  user: { kind: 'text', sql: 'user_id' },
  start: { kind: 'number', sql: 'start_us' },
  duration: { kind: 'number', sql: 'duration_us' },
  tokens: { kind: 'number', sql: 'tokens' },
  input: { kind: 'number', sql: 'input_tokens' },
  output: { kind: 'number', sql: 'output_tokens' },
  cached: { kind: 'number', sql: 'cached_tokens' },
  cost: { kind: 'money', sql: 'cost_usd' },
};

const COLUMNS: Record<'run' | 'span', Partial<Record<QueryField, Column>>> = {
  run: {
    ...COMMON,
    service: { kind: 'text', sql: 'service' },
    model: { kind: 'texts', sql: 'models' },
    tag: { kind: 'texts', sql: 'tags' },
    spans: { kind: 'number', sql: 'span_count' },
    errors: { kind: 'number', sql: 'error_count' },
  },
  span: {
    ...COMMON,
    type: { kind: 'choice', sql: 'type' },
    model: { kind: 'text', sql: 'model' },
    provider: { kind: 'text', sql: 'provider' },
    error: { kind: 'text', sql: 'error_type' },
  },
};

/** The operators themselves: no text of a filter ever becomes SQL. */
const OPERATORS: Record<CompareOperator, string> = {
  '=': '=',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

/** The values of a statement, which SQL names by number. */
export class Parameters {
  readonly values: unknown[] = [];

  /** Adds a value; what stands for it in SQL. */
  add(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
}

/**
 * A filter as a condition on the table aliased `r` (runs) or `s` (spans). The answers are those of
 * `matchesRun` and `matchesSpan`; where SQL has a third truth value, it counts as false.
 */
export class FilterCompiler {
  readonly #of: 'run' | 'span';
  readonly #alias: string;
  readonly #project: number;
  readonly #parameters: Parameters;

  constructor(of: 'run' | 'span', project: number, parameters: Parameters) {
    this.#of = of;
    this.#alias = of === 'run' ? 'r' : 's';
    this.#project = project;
    this.#parameters = parameters;
  }

  compile(filter: Filter): string {
    switch (filter.kind) {
      case 'and':
        return filter.of.length === 0 ? 'TRUE' : this.#join(filter.of, ' AND ');
      case 'or':
        return filter.of.length === 0 ? 'FALSE' : this.#join(filter.of, ' OR ');
      case 'not':
        return `(${this.compile(filter.of)} IS NOT TRUE)`;
      case 'field':
        return this.#negatable(filter, this.#field({ ...filter, operator: positive(filter) }));
      case 'attribute':
        return this.#negatable(filter, this.#attribute({ ...filter, operator: positive(filter) }));
      case 'text':
        return this.#text(filter.phrase);
    }
  }

  #join(parts: readonly Filter[], word: string): string {
    return `(${parts.map((part) => this.compile(part)).join(word)})`;
  }

  /** `!=` matches exactly what `=` does not. */
  #negatable({ operator }: FieldFilter | AttributeFilter, equal: string): string {
    return operator === '!=' ? `(${equal} IS NOT TRUE)` : equal;
  }

  #field(filter: FieldFilter): string {
    const column = COLUMNS[this.#of][filter.field];
    if (column === undefined) return 'FALSE';
    if (column.kind === 'trace') return this.#trace(filter);
    const sql = `${this.#alias}.${column.sql}`;
    switch (column.kind) {
      case 'number':
      case 'money':
        return this.#number(sql, filter, column.kind === 'money');
      case 'choice':
        return this.#matches(sql, filter);
      case 'text':
        return this.#matches(folded(sql), filter);
      case 'texts':
        return `EXISTS (SELECT 1 FROM unnest(${sql}) AS v(value) WHERE ${this.#matches(folded('v.value'), filter)})`;
    }
  }

  #trace(filter: FieldFilter): string {
    const sql = `${this.#alias}.trace_id`;
    if (filter.operator !== '=' || typeof filter.value !== 'string') return 'FALSE';
    if (filter.pattern === true) return this.#matches(`replace(${sql}::text, '-', '')`, filter);
    const traceId = foldCase(filter.value);
    return isTraceId(traceId) ? `${sql} = ${this.#parameters.add(traceId, 'uuid')}` : 'FALSE';
  }

  #number(sql: string, { operator, value }: FieldFilter, money: boolean): string {
    if (typeof value !== 'number' || Number.isNaN(value)) return 'FALSE';
    // Of the column's own type where it can be: then an index serves.
    const type = money || !Number.isSafeInteger(value) ? 'float8' : 'bigint';
    return `${sql} ${OPERATORS[operator]} ${this.#parameters.add(value, type)}`;
  }

  /** Text that is folded already, whole or by pattern. */
  #matches(sql: string, { operator, value, pattern }: FieldFilter | AttributeFilter): string {
    if (operator !== '=' || typeof value !== 'string') return 'FALSE';
    const text = storedText(foldCase(value));
    if (pattern !== true) return `${sql} = ${this.#parameters.add(text, 'text')}`;
    return `${sql} LIKE ${this.#parameters.add(likePattern(text), 'text')}`;
  }

  #attribute(filter: AttributeFilter): string {
    if (this.#of === 'run') return 'FALSE';
    const { value, operator, pattern } = filter;
    const key = this.#parameters.add(storedText(filter.key), 'text');
    const kind = `jsonb_typeof(s.attributes -> ${key})`;
    if (pattern === true && value === '*') return operator === '=' ? `${kind} <> 'null'` : 'FALSE';
    const text = `s.attributes ->> ${key}`;
    if (typeof value === 'string')
      return `(CASE WHEN ${kind} IN ('string', 'boolean') THEN ${this.#matches(folded(`(${text})`), filter)} END)`;
    if (Number.isNaN(value)) return 'FALSE';
    const number = this.#parameters.add(value, 'numeric');
    return `(CASE WHEN ${kind} = 'number' THEN (${text})::numeric ${OPERATORS[operator]} ${number} END)`;
  }

  #text(phrase: string): string {
    const words = searchWords(phrase);
    if (words.length === 0) return 'FALSE';
    const spans = this.#of === 'span' ? 's' : 't';
    const { query, exact } = phraseQuery(words);
    const found = `${spans}.lexemes @@ ${this.#parameters.add(query, 'tsquery')}`;
    const proof = exact
      ? ''
      : ` AND strpos(${spans}.words, ${this.#parameters.add(` ${words.join(' ')} `, 'text')}) > 0`;
    if (this.#of === 'span') return `(${found}${proof})`;
    const project = this.#parameters.add(this.#project, 'integer');
    return `r.trace_id IN (SELECT t.trace_id FROM spantail.spans t WHERE t.project = ${project} AND ${found}${proof})`;
  }
}

function positive({ operator }: FieldFilter | AttributeFilter): CompareOperator {
  return operator === '!=' ? '=' : operator;
}

/** Lower case of ASCII letters only, as `foldCase` does it, whatever the database's language. */
function folded(sql: string): string {
  return `lower(${sql} COLLATE "C")`;
}

function likePattern(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&').replace(/\*+/g, '%');
}
