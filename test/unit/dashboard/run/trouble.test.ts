import type { WatchedTree } from '@spantail/client';
import { SpantailError, type TraceEvent } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { troubleOf } from '../../../../dashboard/src/run/trouble.ts';
import { treeOf } from '../tree/make-tree.ts';

type View = Parameters<typeof troubleOf>[0];

const view = (rest: Partial<View> = {}): View => ({
  tree: treeOf([{ id: 'root', from: 1 }]) as unknown as WatchedTree,
  status: 'live',
  error: undefined,
  hasGap: false,
  invalidCount: 0,
  ...rest,
});
const texts = (rest: Partial<View>) => troubleOf(view(rest)).map(({ text }) => text);

describe('what is wrong with what is shown of a run', () => {
  it('is nothing of one that is whole and followed, or over', () => {
    for (const status of ['connecting', 'catching-up', 'live', 'ended', 'closed'] as const)
      expect(troubleOf(view({ status }))).toEqual([]);
  });

  it('[PROM4] is a gap, and what could not be read', () => {
    expect(texts({ hasGap: true })).toEqual([expect.stringContaining('gone for good')]);
    expect(texts({ invalidCount: 1 })).toEqual(['One event could not be read and is left out.']);
    expect(texts({ invalidCount: 1_200 })).toEqual([
      '1,200 events could not be read and are left out.',
    ]);
  });

  it('[PROM4] is what the agent had to drop', () => {
    const tree = treeOf([{ id: 'root', from: 1 }]);
    const update: TraceEvent = {
      type: 'update',
      spanId: 'root',
      seq: 0,
      dropped: { updates: 3, payloads: 1 },
    };
    tree.apply(update);
    expect(texts({ tree: tree as unknown as WatchedTree })).toEqual([
      'The agent had to leave things out to keep up: 3 updates, 1 inputs or outputs.',
    ]);
  });

  it('is that it is no longer watched, before all else, once something is shown', () => {
    const error = new SpantailError('OVERLOADED', 'five holes in a row');
    const [worst, ...rest] = troubleOf(view({ status: 'failed', error, hasGap: true }));
    expect(worst).toMatchObject({ tone: 'error', short: 'no longer watched' });
    expect(worst?.text).toContain('five holes in a row');
    expect(rest.map(({ tone }) => tone)).toEqual(['warning']);
    const empty = treeOf([]) as unknown as WatchedTree;
    expect(troubleOf(view({ status: 'failed', error, tree: empty }))).toEqual([]);
  });

  it('is that it may be behind', () => {
    expect(troubleOf(view({ status: 'stalled' }))).toMatchObject([
      { tone: 'warning', short: 'may be behind' },
    ]);
  });
});
