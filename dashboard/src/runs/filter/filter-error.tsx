import type { ReactNode } from 'react';
import type { FilterProblem } from './filter-problem.ts';

const SHOWN_BEFORE = 40;
const SHOWN_BEHIND = 24;

/** What is wrong with the filter, with the character marked. */
export function FilterError({
  id,
  text,
  problem: { problem, position },
}: {
  id: string;
  text: string;
  problem: FilterProblem;
}): ReactNode {
  return (
    <div id={id} className="filter-error" role="alert">
      {position !== undefined && <Place text={text} position={position} />}
      <span>{problem}</span>
    </div>
  );
}

function Place({ text, position }: { text: string; position: number }): ReactNode {
  const from = Math.max(0, position - SHOWN_BEFORE);
  const at = text.slice(position, position + 1);
  const behind = text.slice(position + 1, position + 1 + SHOWN_BEHIND);
  return (
    <code>
      {from > 0 && '…'}
      {text.slice(from, position)}
      <mark>{at === '' ? ' ' : at}</mark>
      {behind}
      {position + 1 + SHOWN_BEHIND < text.length && '…'}
    </code>
  );
}
