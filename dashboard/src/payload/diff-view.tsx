import { useMemo, useState, type ReactNode } from 'react';

const FIRST_LINES = 400;

/** A unified diff, its lines coloured by what they do. */
export function DiffView({ text }: { text: string }): ReactNode {
  const lines = useMemo(() => text.split('\n'), [text]);
  const [shown, setShown] = useState(FIRST_LINES);
  return (
    <div className="diff-view mono" role="group" aria-label="Difference">
      {lines.slice(0, shown).map((line, index) => (
        // The lines of one text never move.
        <div key={index} className={`diff-line ${kindOf(line)}`}>
          {line === '' ? '\u200b' : line}
        </div>
      ))}
      {lines.length > shown && (
        <p className="text-more">
          <button type="button" onClick={() => setShown(shown + 5_000)}>
            Show more
          </button>
          <span className="quiet">{(lines.length - shown).toLocaleString()} lines more</span>
        </p>
      )}
    </div>
  );
}

function kindOf(line: string): string {
  if (/^(?:diff |index |--- |\+\+\+ )/.test(line)) return 'diff-head';
  if (line.startsWith('@@')) return 'diff-place';
  if (line.startsWith('+')) return 'diff-added';
  return line.startsWith('-') ? 'diff-removed' : '';
}
