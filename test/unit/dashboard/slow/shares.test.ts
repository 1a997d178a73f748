import { factsOf } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { sharesOf, sortShares } from '../../../../dashboard/src/slow/shares.ts';
import { treeOf } from '../tree/make-tree.ts';

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

  it('sort by any column', () => {
    const labels = (...args: [Parameters<typeof sortShares>[1], boolean]): string[] =>
      sortShares(shares, ...args).map(({ label }) => label);
    expect(labels('label', false)).toEqual(['grep', 'large', 'root']);
    expect(labels('calls', true)).toEqual(['large', 'grep', 'root']);
  });
});
