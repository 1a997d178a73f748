import {
  matchesPattern,
  matchesRun,
  matchesSpan,
  parseFilter,
  searchWords,
  type RunRow,
  type SpanRow,
} from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { runRow, spanRow } from '../../support/query/rows.ts';

const NOW_US = 1_795_694_400_000_000;

function span(text: string, row: Partial<SpanRow>, searchText = ''): boolean {
  const filter = parseFilter(text, { subject: 'span', nowUs: NOW_US });
  return filter !== undefined && matchesSpan(filter, spanRow(row), searchText);
}

function run(text: string, row: Partial<RunRow>, texts: string[] = []): boolean {
  const filter = parseFilter(text, { subject: 'run', nowUs: NOW_US });
  return filter !== undefined && matchesRun(filter, runRow(row), texts);
}

describe('a filter over rows', () => {
  it('[Q3] compares text whole and without the case of ASCII letters', () => {
    expect(span('name:plan', { name: 'PLAN' })).toBe(true);
    expect(span('name:plan', { name: 'plans' })).toBe(false);
    expect(span('name:é', { name: 'É' })).toBe(false);
    expect(span('name:!=plan', { name: 'Plan' })).toBe(false);
    expect(span('name:pl*n', { name: 'PL an' })).toBe(true);
    expect(span('error:*', { error: { type: '', message: '' } })).toBe(true);
    expect(span('error:*', {})).toBe(false);
    expect(span('name:"\'; DROP TABLE spans;--"', { name: "'; DROP TABLE spans;--" })).toBe(true);
    expect(span('name:%', { name: 'x' })).toBe(false);
  });

  it('[Q3] says of a span whether it is over before how it closed', () => {
    const open = { state: 'open', status: 'unset' } as const;
    expect(span('status:open', open)).toBe(true);
    expect(span('status:unset', open)).toBe(false);
    expect(span('status:open', { state: 'unknown', status: 'unset' })).toBe(true);
    expect(span('status:lost', { state: 'lost', status: 'error' })).toBe(true);
    expect(span('status:error', { state: 'lost', status: 'error' })).toBe(false);
    expect(span('status:unset', { state: 'closed', status: 'unset' })).toBe(true);
  });

  it('[Q3] of several values asks whether one is equal, or none is', () => {
    const row = { models: ['a', 'b'], tags: ['x'] };
    expect(run('model:b', row)).toBe(true);
    expect(run('model:!=b', row)).toBe(false);
    expect(run('model:!=c tag:!=y', row)).toBe(true);
    expect(run('tag:*', { tags: [] })).toBe(false);
  });

  it('[Q11] lets a missing value match != and nothing else; NOT is the opposite', () => {
    expect(span('duration:>0s', {})).toBe(false);
    expect(span('duration:<=1s', {})).toBe(false);
    expect(span('duration:!=1s', {})).toBe(true);
    expect(span('-duration:>0s', {})).toBe(true);
    expect(span('model:!=x -model:x', {})).toBe(true);
    expect(span('tokens:3', { inputTokens: 3 })).toBe(true);
    expect(span('tokens:0', {})).toBe(false);
  });

  it('[Q6] compares attributes as the value is written', () => {
    const row = { attributes: { n: 5, text: '5', yes: true, none: null, list: [5] } };
    const matching = ['@n:5', '@n:>4', '@n:4..6', '@text:"5"', '@yes:true', '@none:!=5', '@list:*'];
    for (const text of [...matching, '@nope:!=1', '@n:*', '@text:!=6'])
      expect(span(text, row), text).toBe(true);
    const others = ['@n:"5"', '@n:!=5', '@text:5', '@text:>4', '@yes:1', '@none:*', '@nope:*'];
    for (const text of [...others, '@list:5', '@toString:*', '@__proto__:*', '@n:!=*'])
      expect(span(text, row), text).toBe(false);
  });

  it('[Q2] finds words next to each other, whole and without case', () => {
    const text = 'Hit the RATE-LIMIT of https://api.example.com (429)! Größe: 大きい';
    for (const found of [
      '"rate limit"',
      'rate-limit',
      'limit rate',
      '429',
      'größe',
      '大きい',
      'api.example.com',
    ])
      expect(span(found, {}, text), found).toBe(true);
    for (const missed of ['"limit rate"', 'rat', 'grosse', '大', '"limit https"'])
      expect(span(missed, {}, text), missed).toBe(false);
    expect(run('a "b c"', {}, ['b c', 'a'])).toBe(true);
    expect(run('"a b"', {}, ['a', 'b'])).toBe(false);
    expect(searchWords("L'été, naïve_x e\u0301")).toEqual(['l', 'été', 'naïve', 'x', 'e\u0301']);
  });

  it.each<[string, string, boolean]>([
    ['', '*', true],
    ['abc', 'a*c', true],
    ['abc', 'a*b', false],
    ['abc', '*b*', true],
    ['ab', 'ab*b', false],
    ['abab', '*ab', true],
    ['aXbXc', 'a*x*c', true],
    ['aba', 'a*ba*ba', false],
    ['a\nb', 'a*b', true],
    ['a.c', 'a?c', false],
  ])('[Q3] matches patterns: %j with %j is %s', (text, pattern, matches) => {
    expect(matchesPattern(text, pattern)).toBe(matches);
  });

  it('[Q8] needs no longer for a pattern that was made to be slow', () => {
    expect(matchesPattern('a'.repeat(100_000), `${'*a'.repeat(2_000)}*b`)).toBe(false);
  });
});
