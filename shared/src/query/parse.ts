import {
  attributeCondition,
  fieldCondition,
  requireField,
  type ConditionContext,
} from './condition.ts';
import { isQueryField, type QuerySubject } from './fields.ts';
import type { Filter } from './filter.ts';
import { QueryError } from './query-error.ts';
import { Scanner, type Scanned } from './scan.ts';
import { searchWords } from './search-words.ts';

export const QUERY_LIMITS = {
  /** Characters of a filter. */
  characters: 4_096,
  /** Comparisons and texts of a filter. */
  terms: 100,
  /** Parentheses and negations inside of each other. */
  depth: 32,
} as const;

export interface ParseOptions {
  /** What is asked for: runs and spans have different fields. */
  subject: QuerySubject;
  /** What `-1h` is counted from, µs since the epoch. */
  nowUs: number;
  /** What errors call the filter. Default `q`. */
  parameter?: string;
}

/**
 * Reads a filter: `status:error type:tool duration:>2s agent:researcher "rate limit"`. An empty one
 * is `undefined`: everything matches. Rules [Q] in PROTOCOL.md.
 *
 * @throws QueryError QUERY_INVALID, with the character it is about
 */
export function parseFilter(text: string, options: ParseOptions): Filter | undefined {
  const { subject, nowUs, parameter = 'q' } = options;
  const fail = (problem: string, position: number): never => {
    throw new QueryError(parameter, problem, position, text);
  };
  if (text.length > QUERY_LIMITS.characters)
    throw new QueryError(
      parameter,
      `a filter has at most ${QUERY_LIMITS.characters} characters, not ${text.length}`,
    );
  return new Parser(text, { subject, nowUs, fail }).parse();
}

/**
 * Reads what stands behind a field's or an attribute's name in a filter, as a text of its own: the
 * value of the parameter `name` (`duration`, `@key`, `attr.key`). Spaces need no quotes.
 *
 * @throws QueryError QUERY_INVALID
 */
export function parseParameter(
  name: string,
  text: string,
  { subject, nowUs, parameter = name }: ParseOptions,
): Filter {
  const fail = (problem: string, position: number): never => {
    throw new QueryError(parameter, problem, position);
  };
  if (text.length > QUERY_LIMITS.characters)
    return fail(`a value has at most ${QUERY_LIMITS.characters} characters`, 0);
  const context = { subject, nowUs, fail };
  const scanner = new Scanner(text, fail);
  const operator = scanner.operator();
  const value = scanner.whole();
  const named = { start: 0, end: 0, quoted: false, pattern: false };
  const key = /^(?:@|attr\.)(.+)$/s.exec(name)?.[1];
  if (key !== undefined)
    return attributeCondition({ ...named, text: key }, operator, value, context);
  return fieldCondition(requireField({ ...named, text: name }, context), operator, value, context);
}

/** By descent: `or` of `and` of terms; parentheses and negations begin anew. */
class Parser {
  readonly #scanner: Scanner;
  readonly #context: ConditionContext;
  #depth = 0;
  #terms = 0;

  constructor(text: string, context: ConditionContext) {
    this.#scanner = new Scanner(text, context.fail);
    this.#context = context;
  }

  parse(): Filter | undefined {
    const scanner = this.#scanner;
    scanner.skipSpace();
    if (scanner.done) return undefined;
    const filter = this.#or();
    if (!scanner.done) this.#context.fail('this parenthesis was not opened', scanner.at);
    return filter;
  }

  #or(): Filter {
    const parts = [this.#and()];
    while (this.#scanner.keyword('OR')) parts.push(this.#and());
    return join('or', parts);
  }

  #and(): Filter {
    const scanner = this.#scanner;
    const parts = [this.#term()];
    for (;;) {
      scanner.skipSpace();
      if (scanner.keyword('AND')) parts.push(this.#term());
      else if (scanner.done || scanner.char === ')' || this.#atOr()) return join('and', parts);
      else parts.push(this.#term());
    }
  }

  #atOr(): boolean {
    const { at } = this.#scanner;
    const found = this.#scanner.keyword('OR');
    this.#scanner.at = at;
    return found;
  }

  #term(): Filter {
    const scanner = this.#scanner;
    scanner.skipSpace();
    const start = scanner.at;
    if (scanner.keyword('NOT') || scanner.take('-'))
      return this.#nested(start, () => ({ kind: 'not', of: this.#term() }));
    if (scanner.take('(')) return this.#nested(start, () => this.#parenthesis(start));
    if (scanner.done || scanner.char === ')' || scanner.keyword('AND') || scanner.keyword('OR'))
      this.#context.fail('something to look for must stand here', start);
    const filter = this.#leaf();
    this.#terms += leavesOf(filter);
    if (this.#terms > QUERY_LIMITS.terms)
      this.#context.fail(`a filter has at most ${QUERY_LIMITS.terms} terms`, start);
    return filter;
  }

  #parenthesis(start: number): Filter {
    const filter = this.#or();
    if (!this.#scanner.take(')')) this.#context.fail('this parenthesis is not closed', start);
    return filter;
  }

  #nested(start: number, read: () => Filter): Filter {
    this.#depth += 1;
    if (this.#depth > QUERY_LIMITS.depth)
      this.#context.fail(`a filter is nested at most ${QUERY_LIMITS.depth} deep`, start);
    const filter = read();
    this.#depth -= 1;
    return filter;
  }

  #leaf(): Filter {
    const scanner = this.#scanner;
    const key = scanner.attributeKey();
    if (key !== undefined)
      return attributeCondition(key, scanner.operator(), scanner.value(), this.#context);
    const name = scanner.fieldName();
    if (name === undefined) return this.#text(scanner.value());
    const field = requireField(name, this.#context);
    return fieldCondition(field, scanner.operator(), scanner.value(), this.#context);
  }

  #text({ text, start, quoted, pattern }: Scanned): Filter {
    const { fail } = this.#context;
    const [, name = '', rest] = /^([a-z]+)([<>=!].*)$/s.exec(quoted ? '' : text) ?? [];
    if (isQueryField(name))
      fail(`a ":" must follow the field: ${name}:${rest}`, start + name.length);
    if (pattern)
      fail('"*" stands for other characters in fields only (name:plan*), not in text', start);
    if (searchWords(text).length === 0)
      fail('there is no letter or digit in this text to search for', start);
    return { kind: 'text', phrase: text };
  }
}

/** Without a list of one, or a list in a list of its kind. */
function join(kind: 'and' | 'or', parts: Filter[]): Filter {
  const of = parts.flatMap((part) => (part.kind === kind ? part.of : [part]));
  const [only] = of;
  return of.length === 1 && only !== undefined ? only : { kind, of };
}

function leavesOf(filter: Filter): number {
  if (filter.kind === 'not') return leavesOf(filter.of);
  if (filter.kind !== 'and' && filter.kind !== 'or') return 1;
  return filter.of.reduce((sum, part) => sum + leavesOf(part), 0);
}
