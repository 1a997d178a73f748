import { describe, expect, it } from 'vitest';
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

describe('what is wrong with a filter', () => {
  it('is told with its place', () => {
    expect(problemOf('status:error duration:>2s')).toBeUndefined();
    expect(problemOf('')).toBeUndefined();
    const found = problemOf('status:ok (name:a');
    expect(found).toEqual({ problem: 'this parenthesis is not closed', position: 10 });
  });
});
