import type { WatchedTree } from '@spantail/client';
import { describe, expect, it } from 'vitest';
import type { RunSource } from '../../../../dashboard/src/run/run-source.ts';
import { runStatus } from '../../../../dashboard/src/run/run-state.ts';
import { treeOf, type Line } from '../tree/make-tree.ts';

function source(status: RunSource['status'], line: Partial<Line>, momentMs?: number): RunSource {
  return {
    traceId: 'a'.repeat(32),
    tree: treeOf([{ id: 'run', from: 1, ...line }]) as unknown as WatchedTree,
    version: 1,
    status,
    momentMs,
    nowUs: 9,
    load: () => Promise.resolve(undefined),
  };
}

const ENDED = { to: 5 };

describe('how a run stands', () => {
  it.each([
    ['catching-up', undefined, undefined],
    ['catching-up', 'ended', 'ok'],
    ['catching-up', 'live', 'running'],
    ['stalled', 'live', 'running'],
    ['live', 'live', 'running'],
    ['ended', 'ended', 'ok'],
    ['failed', undefined, undefined],
    ['failed', 'live', undefined],
    ['failed', 'ended', 'ok'],
    ['closed', 'live', undefined],
  ] as const)('while it is %s and was last known to be %s: %s', (status, settled, shown) => {
    expect(runStatus(source(status, ENDED), settled, undefined)).toBe(shown);
  });

  it('is told by its root when it is over', () => {
    const over = (line: Partial<Line>): string | undefined =>
      runStatus(source('ended', { ...ENDED, ...line }), 'ended', undefined);
    expect([over({ failed: true }), over({ lost: true })]).toEqual(['error', 'lost']);
  });

  it('is that of the moment, of a moment in its past', () => {
    expect(runStatus(source('live', {}, 5), 'ended', undefined)).toBe('running');
    expect(runStatus(source('live', ENDED, 5), 'live', undefined)).toBe('ok');
  });
});
