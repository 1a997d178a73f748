import { factsOf, sumUsage } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { sharesOf, sortShares } from '../../../../dashboard/src/slow/shares.ts';
import { treeOf, type Line } from '../tree/make-tree.ts';

const tree = treeOf([
  { id: 'root', from: 0, to: 100, type: 'agent' },
  {
    id: 'chat 1',
    below: 'root',
    from: 0,
    to: 50,
    type: 'model',
    more: {
      attributes: { 'gen_ai.request.model': 'large', 'gen_ai.usage.input_tokens': 70 },
    },
  },
  {
    id: 'chat 2',
    below: 'root',
    from: 50,
    to: 60,
    type: 'model',
    more: {
      attributes: { 'gen_ai.request.model': 'large', 'gen_ai.usage.output_tokens': 7 },
    },
  },
  { id: 'grep', below: 'root', from: 60, to: 85, type: 'tool', failed: true },
]);
const shares = sharesOf(
  [...tree.walk()].map(({ span }) => span),
  factsOf,
  1_000,
);

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

describe('shares of a run', () => {
  it('are by model and by tool, own time only, the longest first', () => {
    expect(
      shares.map(({ key, calls, errors, selfUs, tokens }) => [key, calls, errors, selfUs, tokens]),
    ).toEqual([
      ['model large', 2, 0, 60, 77],
      ['tool grep', 1, 1, 25, 0],
      ['agent root', 1, 0, 15, 0],
    ]);
    expect(shares[0]?.slowest.spanId).toBe('chat 1');
  });

  it('count each token once, like the summary of the run, wherever it is said', () => {
    const call = (id: string, below: string, tokens: number | undefined): Line => ({
      id,
      below,
      from: 0,
      to: 10,
      type: 'model',
      more: {
        attributes: {
          'gen_ai.request.model': id,
          ...(tokens === undefined
            ? {}
            : { 'gen_ai.usage.input_tokens': tokens, 'gen_ai.usage.cost': tokens / 10 }),
        },
      },
    });
    const nested = treeOf([
      { id: 'root', from: 0, to: 100, type: 'agent' },
      // It repeats the provider's own, as the root's totals do.
      call('outer', 'root', 110),
      call('inner', 'outer', 110),
      call('frame', 'root', undefined),
      call('provider', 'frame', 7),
      {
        ...call('quiet', 'root', 3),
        type: 'agent',
      },
    ]);
    const byLabel = sharesOf(
      Array.from(nested.walk(), ({ span }) => span),
      factsOf,
      1_000,
    );
    const tokensOf = Object.fromEntries(byLabel.map(({ label, tokens }) => [label, tokens]));
    expect(tokensOf).toEqual({ root: 0, outer: 0, inner: 110, frame: 0, provider: 7, quiet: 3 });
    const all = sumUsage(nested, factsOf);
    expect(sumOf(byLabel.map(({ tokens }) => tokens))).toBe(all.inputTokens);
    expect(sumOf(byLabel.map(({ costUsd }) => costUsd))).toBeCloseTo(all.costUsd ?? 0);
    expect(all.costUsd).toBeGreaterThan(0);
  });

  it('count what is lost beside what failed, though it ends as an error as well', () => {
    const ended = treeOf([
      { id: 'grep', from: 0, to: 10, type: 'tool', failed: true },
      { id: 'gone', from: 10, to: 20, type: 'tool', failed: true, lost: true },
    ]);
    const counts = sharesOf(
      Array.from(ended.walk(), ({ span }) => span),
      factsOf,
      1_000,
    ).map(({ label, errors, lost }) => [label, errors, lost]);
    expect(counts).toEqual([
      ['grep', 1, 0],
      ['gone', 0, 1],
    ]);
  });

  it('sort by any column', () => {
    const labels = (...args: [Parameters<typeof sortShares>[1], boolean]): string[] =>
      sortShares(shares, ...args).map(({ label }) => label);
    expect(labels('label', false)).toEqual(['grep', 'large', 'root']);
    expect(labels('calls', true)).toEqual(['large', 'grep', 'root']);
  });
});
