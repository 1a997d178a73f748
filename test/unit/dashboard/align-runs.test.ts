import fc from 'fast-check';
import { buildPayload } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { alignLists } from '../../../dashboard/src/compare/align-lists.ts';
import {
  alignRuns,
  firstDivergence,
  type AlignedSpan,
} from '../../../dashboard/src/compare/align-runs.ts';
import { hashBlob } from '../../support/codec/hash-blob.ts';

interface Step extends AlignedSpan {
  readonly children: readonly Step[];
}

const step = (label: string, children: Step[] = [], rest: Partial<Step> = {}): Step => {
  const [spanType = 'tool', name = ''] = label.includes(':') ? label.split(':') : ['tool', label];
  return {
    name,
    spanType,
    state: 'closed',
    status: 'ok',
    input: undefined,
    output: undefined,
    outputText: '',
    children,
    ...rest,
  };
};

/** Each pair as a line: depth, both names, `-` where one is not there. */
function lines(left: Step[], right: Step[]): string[] {
  return alignRuns<Step>(left, right).map(
    (pair) => `${'  '.repeat(pair.depth)}${pair.left?.name ?? '-'} ${pair.right?.name ?? '-'}`,
  );
}

const align = (left: string, right: string) =>
  alignLists(Array.from(left), Array.from(right), {
    keyOf: (letter) => letter,
    areAlike: () => false,
  });

describe('two lists aligned', () => {
  it('pair what is equal, in the order of both', () => {
    expect(align('abcd', 'axcd')).toEqual([
      [0, 0],
      [2, 2],
      [3, 3],
    ]);
    expect(align('', 'abc')).toEqual([]);
    expect(align('bca', 'abc')).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  it('have as many pairs as any, each list in order, whatever they are', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 9 });
    fc.assert(
      fc.property(word, word, (left, right) => {
        const pairs = align(left, right);
        for (const [i, [a, b]] of pairs.entries()) {
          expect(left[a]).toBe(right[b]);
          const [nextA, nextB] = pairs[i + 1] ?? [left.length, right.length];
          expect(nextA).toBeGreaterThan(a);
          expect(nextB).toBeGreaterThan(b);
        }
        expect(pairs).toHaveLength(longestCommon(left, right));
      }),
    );
  });

  it('are aligned when they are too long for a table', () => {
    const left = Array.from({ length: 9_000 }, (_, i) => `step ${i}`);
    const right = ['new', ...left.filter((_, i) => i % 3 !== 0), 'last'];
    const pairs = alignLists(left, right, { keyOf: (key) => key, areAlike: () => false });
    expect(pairs).toHaveLength(6_000);
    expect(pairs.every(([a, b]) => left[a] === right[b])).toBe(true);
    expect(
      pairs.every(
        ([a, b], i) => i === 0 || (a > (pairs[i - 1]?.[0] ?? 0) && b > (pairs[i - 1]?.[1] ?? 0)),
      ),
    ).toBe(true);
  });
});

describe('two runs aligned', () => {
  it('are the same step by step when they did the same', () => {
    const run = () => [step('agent:a', [step('search'), step('read', [step('fetch')])])];
    const pairs = alignRuns<Step>(run(), run());
    expect(pairs.map(({ differences }) => differences)).toEqual([[], [], [], []]);
    expect(firstDivergence(pairs)).toBeUndefined();
  });

  it('show what only one of them did, where it happened, with all below it', () => {
    const left = [step('agent:a', [step('plan'), step('search', [step('fetch')]), step('answer')])];
    const right = [step('agent:a', [step('plan'), step('ask'), step('answer'), step('check')])];
    expect(lines(left, right)).toEqual([
      'a a',
      '  plan plan',
      '  search -',
      '    fetch -',
      '  - ask',
      '  answer answer',
      '  - check',
    ]);
    expect(firstDivergence(alignRuns<Step>(left, right))).toBe(2);
  });

  it('pair the runs whatever they are called, and models where only the model is another one', () => {
    const left = [step('agent:old', [step('model:gpt'), step('search')])];
    const right = [step('agent:new', [step('model:claude'), step('search')])];
    expect(lines(left, right)).toEqual(['old new', '  gpt claude', '  search search']);
  });

  it('part where a step came out otherwise', () => {
    const left = [step('agent:a', [step('search'), step('read')])];
    const right = [step('agent:a', [step('search', [], { status: 'error' }), step('read')])];
    const pairs = alignRuns<Step>(left, right);
    expect(pairs[1]?.differences).toEqual(['status']);
    const open = [step('agent:a', [step('search', [], { state: 'open' })], { state: 'open' })];
    const lost = [step('agent:a', [step('search', [], { state: 'lost' })])];
    const shorter = [step('agent:a', [step('search')])];
    expect(firstDivergence(alignRuns<Step>(shorter, open))).toBeUndefined();
    expect(firstDivergence(alignRuns<Step>(shorter, lost))).toBe(1);
    expect(firstDivergence(pairs)).toBe(1);
  });

  it('differ in contents without loading them', () => {
    const payload = (value: unknown) => buildPayload(value, hashBlob).payload;
    const long = 'word '.repeat(400);
    const left = step('a', [], { input: payload(long), output: payload([long, 'x']) });
    const same = step('a', [], { input: payload(long), output: payload([long, 'x']) });
    const other = step('a', [], { input: payload(long), output: payload([`${long} `, 'x']) });
    expect(alignRuns<Step>([left], [same])[0]?.differences).toEqual([]);
    expect(alignRuns<Step>([left], [other])[0]?.differences).toEqual(['output']);
  });

  it('may be as deep as an agent likes', () => {
    const deep = (): Step[] => {
      let run = step('leaf');
      for (let i = 0; i < 20_000; i++) run = step('step', [run]);
      return [run];
    };
    expect(alignRuns<Step>(deep(), deep())).toHaveLength(20_001);
  });
});

/** The definition, slowly. */
function longestCommon(left: string, right: string): number {
  if (left === '' || right === '') return 0;
  if (left[0] === right[0]) return 1 + longestCommon(left.slice(1), right.slice(1));
  return Math.max(longestCommon(left.slice(1), right), longestCommon(left, right.slice(1)));
}
