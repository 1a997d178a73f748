import type { ReactNode } from 'react';

/** How much more or less the right one has. */
export function Delta({
  left,
  right,
  format,
  /** Less than this is no difference. */
  noise = 0,
}: {
  left: number | undefined;
  right: number | undefined;
  format: (value: number) => string;
  noise?: number;
}): ReactNode {
  if (left === undefined || right === undefined) return <span className="quiet">–</span>;
  const delta = right - left;
  if (Math.abs(delta) <= noise) return <span className="quiet">=</span>;
  return (
    <span className="delta" data-more={delta > 0}>
      {delta > 0 ? '+' : '−'}
      {format(Math.abs(delta))}
    </span>
  );
}
