import { ChevronsDownUp, ChevronsUpDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { ALL_UNFOLDED, foldBelow, type Fold } from './fold.ts';

const LEVELS = [1, 2, 3] as const;

/** How deep the tree is shown; what comes later is folded likewise. */
export function FoldTools({
  fold,
  setFold,
}: {
  fold: Fold;
  setFold: (fold: Fold) => void;
}): ReactNode {
  return (
    <div className="fold-tools" role="group" aria-label="Levels of the tree">
      <button
        type="button"
        aria-label="Unfold all"
        title="Unfold all (X)"
        onClick={() => setFold(ALL_UNFOLDED)}
      >
        <ChevronsUpDown size={14} aria-hidden />
      </button>
      <button
        type="button"
        aria-label="Fold all"
        title="Fold all (x)"
        onClick={() => setFold(foldBelow(1))}
      >
        <ChevronsDownUp size={14} aria-hidden />
      </button>
      {LEVELS.map((level) => (
        <button
          key={level}
          type="button"
          aria-pressed={fold.depth === level - 1 && fold.flipped.size === 0}
          aria-label={level === 1 ? '1 level' : `${level} levels`}
          title={level === 1 ? 'Only one level (1)' : `Only ${level} levels (${level})`}
          onClick={() => setFold(foldBelow(level - 1))}
        >
          {level}
        </button>
      ))}
    </div>
  );
}
