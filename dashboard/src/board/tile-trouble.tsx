import type { RunView } from '@spantail/client/react';
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { troubleOf } from '../run/trouble.ts';

/** In a word, why a tile may not show all of its run; the rest when it is pointed at. */
export function TileTrouble({ view }: { view: RunView }): ReactNode {
  const troubles = troubleOf(view);
  const [worst] = troubles;
  if (worst === undefined) return null;
  return (
    <span
      className="tile-trouble"
      data-tone={worst.tone}
      title={troubles.map(({ text }) => text).join('\n')}
    >
      <TriangleAlert size={13} aria-hidden />
      {worst.short}
    </span>
  );
}
