import type { ReactNode } from 'react';
import type { MissingCapitals } from './capitals.ts';

/** That a word is searched for which may have been meant to join two terms. */
export function CapitalsHint({
  missing: { word, result },
  onTake,
}: {
  missing: MissingCapitals;
  onTake: (text: string) => void;
}): ReactNode {
  const capitals = word.toUpperCase();
  return (
    <div className="filter-hint" role="status">
      <span>
        <code>{word}</code> is searched for as a word; between terms it is written in capitals.
      </span>
      <button
        type="button"
        // The box keeps the focus.
        onPointerDown={(event) => event.preventDefault()}
        onClick={() => onTake(result)}
      >
        Write {capitals}
      </button>
    </div>
  );
}
