import { RunTree, buildPayload, type TraceEvent } from '@spantail/protocol';
import type { WatchedSpan, WatchedTree } from '@spantail/client';
import { describe, expect, it } from 'vitest';
import { pathToRoot } from '../../../dashboard/src/detail/path-to-root.ts';
import { previousCall } from '../../../dashboard/src/detail/previous-call.ts';
import { timingOf } from '../../../dashboard/src/detail/timing.ts';
import { hashBlob } from '../../support/codec/hash-blob.ts';

function treeOf(...events: TraceEvent[]): WatchedTree {
  const tree = new RunTree('0123456789abcdef0123456789abcdef');
  for (const event of events) tree.apply(event);
  return tree as unknown as WatchedTree;
}

function id(n: number): string {
  return n.toString(16).padStart(16, '0');
}

function open(
  n: number,
  parent: number | undefined,
  startUs: number,
  spanType: WatchedSpan['spanType'] = 'step',
): TraceEvent {
  const input = buildPayload([{ role: 'user', content: `call ${n}` }], hashBlob).payload;
  return {
    type: 'open',
    spanId: id(n),
    ...(parent === undefined ? {} : { parentSpanId: id(parent) }),
    name: `span ${n}`,
    spanType,
    startUs,
    ...(spanType === 'model' ? { input } : {}),
  };
}

function close(n: number, endUs: number): TraceEvent {
  return { type: 'close', spanId: id(n), endUs, status: 'ok' };
}

function spanOf(tree: WatchedTree, n: number): WatchedSpan {
  const span = tree.get(id(n));
  if (span === undefined) throw new Error(`no span ${n}`);
  return span;
}

describe('timingOf', () => {
  it('takes what children covered together off the self time', () => {
    const tree = treeOf(
      open(1, undefined, 100),
      open(2, 1, 110),
      close(2, 150),
      open(3, 1, 130),
      close(3, 170),
      open(4, 1, 190),
      close(4, 400),
      close(1, 200),
    );
    expect(timingOf(tree, spanOf(tree, 1), 999)).toMatchObject({
      durationUs: 100,
      selfUs: 30,
      offsetUs: 0,
    });
    expect(timingOf(tree, spanOf(tree, 3), 999).offsetUs).toBe(30);
  });

  it('lets an open span last until now, and says nothing without a start', () => {
    const tree = treeOf(open(1, undefined, 100), close(2, 300));
    expect(timingOf(tree, spanOf(tree, 1), 250).durationUs).toBe(150);
    expect(timingOf(tree, spanOf(tree, 2), 250)).toMatchObject({
      durationUs: undefined,
      selfUs: undefined,
    });
  });
});

describe('pathToRoot', () => {
  it('leads from the root to the parent, and ends where parents go round', () => {
    const tree = treeOf(
      open(1, undefined, 1),
      open(2, 1, 2),
      open(3, 2, 3),
      open(8, 9, 1),
      open(9, 8, 1),
    );
    expect(pathToRoot(tree, spanOf(tree, 3)).map(({ name }) => name)).toEqual(['span 1', 'span 2']);
    expect(pathToRoot(tree, spanOf(tree, 8)).map(({ name }) => name)).toEqual(['span 9']);
  });
});

describe('previousCall', () => {
  const tree = treeOf(
    open(1, undefined, 0, 'agent'),
    open(2, 1, 10, 'model'),
    open(3, 1, 20),
    open(4, 3, 30, 'model'),
    open(5, 1, 40, 'agent'),
    open(6, 5, 50, 'model'),
    open(7, 1, 60, 'model'),
    open(8, 5, 70, 'model'),
  );

  it.each([
    [2, undefined],
    [4, 2],
    [6, undefined],
    // Not the call of the agent below, which was later.
    [7, 4],
    [8, 6],
    [1, undefined],
  ])('of span %i is %s', (n, previous) =>
    expect(previousCall(tree, spanOf(tree, n))?.spanId).toBe(
      previous === undefined ? undefined : id(previous),
    ),
  );

  it.each([
    [3, undefined],
    [4, 3],
    [5, 2],
    // The first inside of its call: the call before is the one before that.
    [6, 2],
    [7, 5],
  ])('inside of calls: of span %i is %s', (n, previous) => {
    const nested = treeOf(
      open(1, undefined, 0, 'agent'),
      open(2, 1, 10, 'model'),
      open(3, 2, 11, 'model'),
      open(4, 2, 12, 'model'),
      open(5, 1, 20, 'model'),
      open(6, 5, 21, 'model'),
      open(7, 1, 30, 'model'),
    );
    expect(previousCall(nested, spanOf(nested, n))?.spanId).toBe(
      previous === undefined ? undefined : id(previous),
    );
  });
});
