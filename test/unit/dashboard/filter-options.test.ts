import { describe, expect, it } from 'vitest';
import { missingCapitals } from '../../../dashboard/src/runs/filter/capitals.ts';
import { commitPause } from '../../../dashboard/src/runs/filter/commit-pause.ts';
import { filterOptions } from '../../../dashboard/src/runs/filter/filter-options.ts';
import { problemOf } from '../../../dashboard/src/runs/filter/filter-problem.ts';
import { runRow } from '../../support/query/rows.ts';

const ROWS = [
  runRow({ agent: 'researcher', models: ['gpt-5.2', 'claude-opus-4-6'] }),
  runRow({ agent: 'say "hi"', models: ['gpt-5.2'] }),
];

/** The filters that the options make of a text, with the caret where the `|` is. */
function results(marked: string): string[] {
  const position = marked.indexOf('|');
  return filterOptions(marked.replace('|', ''), position, ROWS).map(({ result }) => {
    const { text, position: at } = result;
    return `${text.slice(0, at)}|${text.slice(at)}`;
  });
}

describe("what a filter's box offers", () => {
  it('is names, and one goes on with their values', () => {
    expect(results('stat|')).toEqual(['status:|']);
    expect(results('status:|')).toContain('status:running |');
    expect(results('agent:x stat| cost:>1')).toEqual(['agent:x status:| cost:>1']);
  });

  it('is values of the runs that are listed, quoted where they must be', () => {
    expect(results('agent:|')).toEqual(['agent:researcher |', String.raw`agent:"say \"hi\"" |`]);
    expect(results('model:cl|')).toEqual(['model:claude-opus-4-6 |']);
    for (const text of results('agent:|')) expect(problemOf(text.replace('|', ''))).toBeUndefined();
  });

  it('is nothing that stands there already', () => {
    expect(results('status:ok|')).toEqual([]);
  });
});

describe('when a filter is applied by itself', () => {
  const pauseAt = (marked: string) => commitPause(marked.replace('|', ''), marked.indexOf('|'));

  it('is soon behind what is whole, and later behind what may go on', () => {
    const soon = pauseAt('|');
    for (const marked of ['status:ok |', 'status:ok|', 'name:"a b"|', 'telemetry |', 'st |'])
      expect(pauseAt(marked), marked).toBe(soon);
    const later = pauseAt('telem|');
    expect(later).toBeGreaterThan(soon ?? 0);
    for (const marked of ['name:cl|', 'status:erro|', '"rate li|', 'status:ok dura:1|'])
      expect(pauseAt(marked), marked).toBe(later);
  });

  it('is not while the name of a field is begun', () => {
    for (const marked of ['st|', 'status:ok dur|', '-err|', 'a or|', 's| status:ok'])
      expect(pauseAt(marked), marked).toBeUndefined();
  });
});

describe('a word that is an operator in capitals', () => {
  it('is told between terms, and in front of one', () => {
    expect(missingCapitals('status:error or status:lost and not tag:x')).toEqual({
      word: 'or',
      result: 'status:error OR status:lost AND NOT tag:x',
    });
    expect(missingCapitals('not (a)')).toEqual({ word: 'not', result: 'NOT (a)' });
    expect(missingCapitals('a OR b or c')).toEqual({ word: 'or', result: 'a OR b OR c' });
  });

  it('is a word in quotes, at the end, as a value, or as a part of one', () => {
    for (const text of [
      '"a or b"',
      'a or',
      'or b',
      'name:or b',
      'name:"a or b" c',
      'a order b',
      'a OR b',
      '',
    ])
      expect(missingCapitals(text), text).toBeUndefined();
  });
});

describe('what is wrong with a filter', () => {
  it('is told with its place', () => {
    expect(problemOf('status:error duration:>2s')).toBeUndefined();
    expect(problemOf('')).toBeUndefined();
    const found = problemOf('status:ok (name:a');
    expect(found).toEqual({ problem: 'this parenthesis is not closed', position: 10 });
  });
});
