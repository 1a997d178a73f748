import {
  QUERY_LIMITS,
  QueryError,
  formatFilter,
  parseFilter,
  parseParameter,
  type Filter,
  type QuerySubject,
} from '@spantail/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryFilter, hostileText } from '../../support/query/arbitrary-filter.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
/** 2026-11-26T12:00:00Z */
const NOW_US = 1_795_694_400_000_000;
const SECOND = 1_000_000;
const DAY = 86_400 * SECOND;

function parse(text: string, subject: QuerySubject = 'span'): Filter | undefined {
  return parseFilter(text, { subject, nowUs: NOW_US });
}

const text = (phrase: string): Filter => ({ kind: 'text', phrase });
const field = (field: string, operator: string, value: string | number, pattern?: true): Filter =>
  ({ kind: 'field', field, operator, value, ...(pattern ? { pattern } : {}) }) as Filter;
const attribute = (key: string, operator: string, value: string | number, pattern?: true) =>
  ({ kind: 'attribute', key, operator, value, ...(pattern ? { pattern } : {}) }) as Filter;
const all = (...of: Filter[]): Filter => ({ kind: 'and', of });
const any = (...of: Filter[]): Filter => ({ kind: 'or', of });
const not = (of: Filter): Filter => ({ kind: 'not', of });

describe('a filter', () => {
  it('[Q1] joins terms by and, before OR; NOT and - bind closest, parentheses group', () => {
    expect(parse('a b OR c')).toEqual(any(all(text('a'), text('b')), text('c')));
    expect(parse('a (b OR c)')).toEqual(all(text('a'), any(text('b'), text('c'))));
    expect(parse('a AND b AND c')).toEqual(all(text('a'), text('b'), text('c')));
    expect(parse('(a b) (c d)')).toEqual(all(text('a'), text('b'), text('c'), text('d')));
    expect(parse('NOT a b')).toEqual(all(not(text('a')), text('b')));
    expect(parse('-status:ok -(a OR b) - c')).toEqual(
      all(not(field('status', '=', 'ok')), not(any(text('a'), text('b'))), not(text('c'))),
    );
    expect(parse('NOT NOT a')).toEqual(not(not(text('a'))));
    // Words of the language only as whole words in capitals.
    expect(parse('or ORDER "OR"')).toEqual(all(text('or'), text('ORDER'), text('OR')));
    expect(parse('')).toBeUndefined();
    expect(parse(' \n\t')).toBeUndefined();
  });

  it('[Q2] takes bare words and quoted texts as text to search for', () => {
    expect(parse('timeout "rate limit" "a \\"b\\" \\\\"')).toEqual(
      all(text('timeout'), text('rate limit'), text('a "b" \\')),
    );
    expect(parse('gpt-5.2 "status:error"')).toEqual(all(text('gpt-5.2'), text('status:error')));
  });

  it.each<[string, Filter]>([
    ['name:plan', field('name', '=', 'plan')],
    ['name:"plan the trip"', field('name', '=', 'plan the trip')],
    ['name:plan\\ the\\ trip', field('name', '=', 'plan the trip')],
    ['name:!=plan', field('name', '!=', 'plan')],
    ['name:=plan', field('name', '=', 'plan')],
    ['name:""', field('name', '=', '')],
    ['name:plan*', field('name', '=', 'plan*', true)],
    ['name:*a*\\ b', field('name', '=', '*a* b', true)],
    ['name:"plan*"', field('name', '=', 'plan*')],
    ['name:plan\\*', field('name', '=', 'plan*')],
    ['name:a..b', field('name', '=', 'a..b')],
    ['name:http://x/y?z=1', field('name', '=', 'http://x/y?z=1')],
    ['status:OPEN', field('status', '=', 'open')],
    ['type:!=tool', field('type', '!=', 'tool')],
  ])('[Q3] compares text and lists: %s', (written, filter) => {
    expect(parse(written)).toEqual(filter);
  });

  it.each<[string, Filter]>([
    ['tokens:812', field('tokens', '=', 812)],
    ['tokens:>25k', field('tokens', '>', 25_000)],
    ['tokens:<=1.5M', field('tokens', '<=', 1_500_000)],
    ['tokens:1.005k', field('tokens', '=', 1_005)],
    ['input:1k..2k', all(field('input', '>=', 1_000), field('input', '<=', 2_000))],
    ['output:5..', field('output', '>=', 5)],
    ['output:..5', field('output', '<=', 5)],
    ['tokens:!=1..2', not(all(field('tokens', '>=', 1), field('tokens', '<=', 2)))],
    ['duration:>2s', field('duration', '>', 2 * SECOND)],
    ['duration:150ms', field('duration', '=', 150_000)],
    ['duration:>=1m30.5s', field('duration', '>=', 90.5 * SECOND)],
    ['duration:<10us', field('duration', '<', 10)],
    ['duration:<10µs', field('duration', '<', 10)],
    [
      'duration:1h..2d',
      all(field('duration', '>=', 3_600 * SECOND), field('duration', '<=', 2 * DAY)),
    ],
    ['cost:>0.05', field('cost', '>', 0.05)],
    ['cost:$1..$2', all(field('cost', '>=', 1), field('cost', '<=', 2))],
  ])('[Q4] reads counts, durations, money and ranges: %s', (written, filter) => {
    expect(parse(written)).toEqual(filter);
  });

  const day = Date.UTC(2026, 0, 31) * 1_000;
  it.each<[string, Filter]>([
    ['start:>-1h', field('start', '>', NOW_US - 3_600 * SECOND)],
    [
      'start:-1d..-1h30m',
      all(field('start', '>=', NOW_US - DAY), field('start', '<=', NOW_US - 5_400 * SECOND)),
    ],
    ['start:<now', field('start', '<', NOW_US)],
    ['start:>2026-01-31T08:30', field('start', '>', day + 30_600 * SECOND)],
    ['start:>2026-01-31T08:30:15.000001Z', field('start', '>', day + 30_615 * SECOND + 1)],
    ['start:>2026-01-31T08:30+02:00', field('start', '>', day + 23_400 * SECOND)],
    ['start:2026-01-31', all(field('start', '>=', day), field('start', '<', day + DAY))],
    ['start:!=2026-01-31', not(all(field('start', '>=', day), field('start', '<', day + DAY)))],
    ['start:>2026-01-31', field('start', '>=', day + DAY)],
    ['start:>=2026-01-31', field('start', '>=', day)],
    ['start:<2026-01-31', field('start', '<', day)],
    ['start:<=2026-01-31', field('start', '<', day + DAY)],
    [
      'start:2026-01-30..2026-01-31',
      all(field('start', '>=', day - DAY), field('start', '<', day + DAY)),
    ],
  ])('[Q5] reads times in UTC, relative ones, and whole days: %s', (written, filter) => {
    expect(parse(written)).toEqual(filter);
  });

  it.each<[string, Filter]>([
    ['@gen_ai.request.temperature:>0.5', attribute('gen_ai.request.temperature', '>', 0.5)],
    ['attr.gen_ai.request.temperature:>0.5', attribute('gen_ai.request.temperature', '>', 0.5)],
    ['@n:-1.5e3', attribute('n', '=', -1_500)],
    ['@n:1..2', all(attribute('n', '>=', 1), attribute('n', '<=', 2))],
    ['@n:"1"', attribute('n', '=', '1')],
    ['@stream:true', attribute('stream', '=', 'true')],
    ['@stream:*', attribute('stream', '=', '*', true)],
    ['@url:!=*/health', attribute('url', '!=', '*/health', true)],
    ['@"a key: \\"x\\"":y', attribute('a key: "x"', '=', 'y')],
    ['@version:1.2.3', attribute('version', '=', '1.2.3')],
  ])('[Q6] compares attributes as numbers or text: %s', (written, filter) => {
    expect(parse(written)).toEqual(filter);
  });

  it('[Q10] written out and read again is the same', () => {
    console.log(`SEED=${SEED}`);
    for (const subject of ['run', 'span'] as const)
      fc.assert(
        fc.property(arbitraryFilter(subject), (filter) => {
          const written = formatFilter(filter);
          fc.pre(written.length <= QUERY_LIMITS.characters);
          expect(parse(written, subject)).toEqual(filter);
        }),
        { seed: SEED, numRuns: 1_000 },
      );
  });
});

describe('a filter that is wrong', () => {
  it.each<[string, number, RegExp, QuerySubject?]>([
    ['statsu:error', 0, /there is no field "statsu".*did you mean "status"\?/],
    ['a foo:1', 2, /there is no field "foo".*there are trace, name, /],
    ['constructor:1', 0, /there is no field "constructor"/],
    ['service:x', 0, /"service" is no field of spans/],
    ['type:tool', 0, /"type" is no field of runs/, 'run'],
    ['@key:1', 0, /only spans have attributes/, 'run'],
    ['status:running', 7, /"status" is one of open, unset, ok, error, lost, not "running"/],
    ['status:open', 7, /"status" is one of running, ok, error, lost, not "open"/, 'run'],
    ['status:>ok', 7, /takes no ">"/],
    ['name:>=x', 5, /takes no ">="/],
    ['@key:>x', 5, /"@key" is compared with a text: it takes no ">"/],
    ['a duration:>5', 12, /"duration" is a duration with its unit, .* not "5"/],
    ['duration:2x', 9, /a duration/],
    ['tokens:1.5', 7, /a whole number/],
    ['tokens:-1', 7, /a whole number/],
    ['tokens:99999999999999999', 7, /a whole number/],
    ['tokens:>1..2', 7, /a range stands alone/],
    ['tokens:..', 7, /a whole number/],
    ['cost:1e999', 5, /US dollars/],
    ['cost:-1', 5, /US dollars/],
    ['start:yesterday', 6, /"start" is a time such as/],
    ['start:2026-02-29', 6, /a time/],
    ['start:2026-01-31T24:00', 6, /a time/],
    ['start:1969-12-31', 6, /a time/],
    ['name:', 5, /a value must follow "name:" directly/],
    ['name: x', 5, /a value must follow "name:" directly/],
    ['@:x', 0, /the attribute has no key/],
    ['@key', 4, /a ":" and a value must follow/],
    ['duration>2s', 8, /a ":" must follow the field: duration:>2s/],
    ['plan* x', 0, /in fields only/],
    ['---', 3, /something to look for must stand here/],
    ['…', 0, /no letter or digit/],
    ['"…"', 0, /no letter or digit/],
    ['a (b', 2, /this parenthesis is not closed/],
    ['a)', 1, /this parenthesis was not opened/],
    ['()', 1, /something to look for must stand here/],
    ['a OR', 4, /something to look for must stand here/],
    ['OR a', 0, /something to look for must stand here/],
    ['a AND AND b', 6, /something to look for must stand here/],
    ['NOT', 3, /something to look for must stand here/],
    ['a "b', 2, /this quote is not closed/],
    ['"a\\', 0, /this quote is not closed/],
    ['"a"b', 3, /put the whole value into quotes/],
    ['name:f(x)', 6, /put the whole value into quotes/],
    ['name:a\\', 6, /nothing follows the backslash/],
    ['name:a\\**', 6, /every "\*" of a pattern/],
  ])('[Q7] names the parameter and the character: %s', (written, position, problem, subject) => {
    const error = failure(() => parse(written, subject));
    expect(error).toMatchObject({ code: 'QUERY_INVALID', parameter: 'q' });
    const [head = '', line = '', caret = ''] = error.message.split('\n');
    expect(head).toMatch(/^q: /);
    expect(head).toMatch(problem);
    expect(error.position).toBe(position);
    expect(line).toBe(`  ${written}`);
    expect(caret).toBe(`  ${' '.repeat(error.position ?? 0)}^`);
  });

  it('[Q7] shows only what is around the character, on one line', () => {
    const written = `"${'a '.repeat(500)}\u202e\n" x:1 ${'b '.repeat(500)}`;
    const error = failure(() => parse(written));
    const lines = error.message.split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(/^ {2}….{50}x:1 .*…$/);
    expect(lines[1]).not.toContain('\u202e');
    expect(lines[1]?.charAt(lines[2]?.indexOf('^') ?? 0)).toBe('x');
  });

  it('[Q8] has bounds: characters, terms, nesting', () => {
    const { characters, terms, depth } = QUERY_LIMITS;
    const count = (many: number): string => Array.from({ length: many }, () => 'a').join(' ');
    expect(parse(count(terms))).toMatchObject({ kind: 'and' });
    expect(failure(() => parse(count(terms + 1))).message).toMatch(/at most 100 terms/);
    expect(failure(() => parse(`tokens:1..2 ${count(terms - 1)}`)).message).toMatch(/100 terms/);
    const nest = (deep: number, open: string, close = ''): string =>
      `${open.repeat(deep)}a${close.repeat(deep)}`;
    expect(parse(nest(depth, '(', ')'))).toEqual(text('a'));
    expect(parse(nest(depth, '-'))).toMatchObject({ kind: 'not' });
    for (const written of [nest(depth + 1, '(', ')'), nest(depth + 1, '-')])
      expect(failure(() => parse(written))).toMatchObject({ position: depth });
    expect(parse(`"${'a'.repeat(characters - 2)}"`)).toEqual(text('a'.repeat(characters - 2)));
    const huge = `"${'a'.repeat(1_000_000)}"`;
    expect(failure(() => parse(huge)).message).toBe(
      'q: a filter has at most 4096 characters, not 1000002',
    );
  });

  it('[Q7] is refused with nothing but a QueryError, whatever it is', () => {
    console.log(`SEED=${SEED}`);
    const words = fc.constantFrom(
      'name:',
      'tokens:',
      'start:',
      '@',
      'attr.',
      'status:',
      '1..',
      '-1h',
    );
    const pieces = fc.array(fc.oneof(words, hostileText), { maxLength: 12 });
    fc.assert(
      fc.property(pieces, (of) => {
        const written = of.join('');
        try {
          parse(written);
        } catch (error) {
          expect(error).toBeInstanceOf(QueryError);
          const { position = -1 } = error as QueryError;
          expect(position).toBeGreaterThanOrEqual(0);
          expect(position).toBeLessThanOrEqual(written.length);
        }
      }),
      { seed: SEED, numRuns: 5_000 },
    );
  });
});

describe('a parameter of its own', () => {
  const read = (name: string, written: string): Filter =>
    parseParameter(name, written, { subject: 'span', nowUs: NOW_US });

  it('[Q9] is read like the value behind the name; spaces and quotes need nothing', () => {
    expect(read('status', 'error')).toEqual(field('status', '=', 'error'));
    expect(read('duration', '>2s')).toEqual(field('duration', '>', 2 * SECOND));
    expect(read('name', 'plan the (trip)')).toEqual(field('name', '=', 'plan the (trip)'));
    expect(read('name', 'say "hi"')).toEqual(field('name', '=', 'say "hi"'));
    expect(read('name', '"plan*"')).toEqual(field('name', '=', 'plan*'));
    expect(read('name', 'plan *')).toEqual(field('name', '=', 'plan *', true));
    expect(read('attr.gen_ai.x', '>1')).toEqual(attribute('gen_ai.x', '>', 1));
    expect(read('@a b', '"1"')).toEqual(attribute('a b', '=', '1'));
  });

  it.each([
    ['status', '', /^status: a value must follow/],
    ['name', '"a" b', /^name: nothing may follow the closing quote/],
    ['duration', '5', /^duration: "duration" is a duration/],
    ['statsu', 'x', /^statsu: there is no field "statsu"/],
    ['name', 'x'.repeat(5_000), /^name: a value has at most 4096 characters/],
  ])('[Q9] names itself when it is wrong: %s', (name, written, problem) => {
    const error = failure(() => read(name, written));
    expect(error).toMatchObject({ code: 'QUERY_INVALID', parameter: name });
    expect(error.message).toMatch(problem);
    expect(error.message).not.toContain('\n');
  });
});

function failure(run: () => unknown): QueryError {
  try {
    run();
  } catch (error) {
    if (error instanceof QueryError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
