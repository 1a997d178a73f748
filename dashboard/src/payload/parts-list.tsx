import { useState, type ReactNode } from 'react';
import type { MessagePart } from './message.ts';
import { PartView } from './part-view.tsx';

const FIRST_PARTS = 50;
const MORE_PARTS = 500;

/**
 * The parts of a message or an answer: the first of many, or while they are coming the last, of which
 * a thought is unfolded.
 */
export function PartsList({
  parts,
  isGrowing = false,
}: {
  parts: readonly MessagePart[];
  isGrowing?: boolean;
}): ReactNode {
  const [shown, setShown] = useState(FIRST_PARTS);
  const left = Math.max(0, parts.length - shown);
  const from = isGrowing ? left : 0;
  const more = left > 0 && (
    <p className="text-more">
      <button type="button" onClick={() => setShown(shown + MORE_PARTS)}>
        Show more
      </button>
      <span className="quiet">{left.toLocaleString()} parts more</span>
    </p>
  );
  return (
    <>
      {isGrowing && more}
      {parts.slice(from, from + shown).map((part, index) => (
        // Parts only come behind those that are there.
        <PartView
          key={from + index}
          part={part}
          isOpen={isGrowing && from + index === parts.length - 1}
        />
      ))}
      {!isGrowing && more}
    </>
  );
}
