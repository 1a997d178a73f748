import { describe, expect, it } from 'vitest';
import { calmRows } from '../../../dashboard/src/runs/calm-rows.ts';
import { runRow } from '../../support/query/rows.ts';
import { traceId } from '../../support/query/sample-runs.ts';

const row = (n: number, name = `run ${n}`) => runRow({ traceId: traceId(n), name });
const names = (rows: readonly { name: string }[]) => rows.map(({ name }) => name);

describe('rows of a list that somebody reads', () => {
  const shown = [row(3), row(2), row(1)];

  it('are the newest when nobody does', () => {
    const newest = [row(4), row(3)];
    expect(calmRows(shown, newest, false)).toEqual({ rows: newest, waitingCount: 0 });
  });

  it('stay where they are while new ones wait', () => {
    const { rows, waitingCount } = calmRows(shown, [row(5), row(4), row(3), row(2), row(1)], true);
    expect(names(rows)).toEqual(['run 3', 'run 2', 'run 1']);
    expect(waitingCount).toBe(2);
  });

  it('say what is new of them, in another order too', () => {
    const { rows, waitingCount } = calmRows(shown, [row(1, 'renamed'), row(3), row(2)], true);
    expect(names(rows)).toEqual(['run 3', 'run 2', 'renamed']);
    expect(waitingCount).toBe(0);
  });

  it('keep a run that matches no longer', () => {
    expect(names(calmRows(shown, [row(3), row(1)], true).rows)).toEqual([
      'run 3',
      'run 2',
      'run 1',
    ]);
  });

  it('go on behind the last one', () => {
    const newest = [row(4), row(3), row(2), row(1), row(0)];
    const { rows, waitingCount } = calmRows(shown, newest, true);
    expect(names(rows)).toEqual(['run 3', 'run 2', 'run 1', 'run 0']);
    expect(waitingCount).toBe(1);
  });

  it('let all wait when none of them is in the list any longer', () => {
    const { rows, waitingCount } = calmRows(shown, [row(9), row(8)], true);
    expect(names(rows)).toEqual(['run 3', 'run 2', 'run 1']);
    expect(waitingCount).toBe(2);
  });

  it('are the same list when nothing changed', () => {
    expect(calmRows(shown, [row(7), ...shown], true).rows).toBe(shown);
  });
});
