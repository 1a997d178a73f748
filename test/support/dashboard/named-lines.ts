import type { Line } from '../../unit/dashboard/tree/make-tree.ts';

/** When the runs of tests begin. */
export const START_US = 1_764_000_000_000_000;

/** Lines by their names; times are milliseconds from the beginning, `below` is another one's index. */
export function named(
  lines: (Omit<Line, 'id' | 'below'> & { name: string; below?: number })[],
): Line[] {
  const idOf = (i: number): string => String(i + 1).padStart(16, '0');
  return lines.map(({ name, below, more, from, to, ...line }, i) => ({
    ...line,
    id: idOf(i),
    from: START_US + from * 1_000,
    ...(to === undefined ? {} : { to: START_US + to * 1_000 }),
    ...(below === undefined ? {} : { below: idOf(below) }),
    more: { ...more, name },
  }));
}

/** A run with something of each: a sub-agent, what failed in it, what was lost beside it. */
export const SMALL_RUN = named([
  { name: 'run', from: 0, to: 1_000, type: 'agent' },
  { name: 'sub', below: 0, from: 10, to: 500, type: 'agent' },
  { name: 'search', below: 1, from: 20, to: 400, type: 'tool' },
  { name: 'broken', below: 1, from: 30, to: 60, type: 'tool', failed: true },
  { name: 'gone', below: 0, from: 510, to: 600, type: 'tool', lost: true },
  { name: 'answer', below: 0, from: 610, to: 990, type: 'model' },
]);
