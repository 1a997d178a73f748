import { memo, useMemo, useState, type ReactNode } from 'react';
import { textBlocks } from './text-blocks.ts';

/** Blocks shown at first, and how many more each time. */
const FIRST_CHARACTERS = 12_000;
const MORE_CHARACTERS = 200_000;

/** Plain text, wrapped. A long one begins with its head; the end of one that streams is always shown. */
export function TextView({
  text,
  streaming = false,
  code = false,
  firstCharacters = FIRST_CHARACTERS,
}: {
  text: string;
  streaming?: boolean;
  /** In the type of code. */
  code?: boolean;
  /** Shown before more is asked for. */
  firstCharacters?: number;
}): ReactNode {
  const [shown, setShown] = useState(firstCharacters);
  const isCut = text.length > shown * 1.2;
  const visible = !isCut ? text : streaming ? text.slice(-shown) : text.slice(0, shown);
  const blocks = useMemo(() => textBlocks(visible), [visible]);
  const more = isCut && (
    <p className="text-more">
      <button type="button" onClick={() => setShown(shown + MORE_CHARACTERS)}>
        Show more
      </button>
      <button type="button" onClick={() => setShown(Number.POSITIVE_INFINITY)}>
        Show all
      </button>
      <span className="quiet">{(text.length - shown).toLocaleString()} characters more</span>
    </p>
  );
  return (
    <div className={`text-view${code ? ' mono' : ''}`} dir="auto">
      {streaming && more}
      {blocks.map((block, index) => (
        // Blocks only grow at the end.
        <TextBlock key={index} text={block} />
      ))}
      {!streaming && more}
    </div>
  );
}

const TextBlock = memo(function TextBlock({ text }: { text: string }): ReactNode {
  // An empty line between two blocks keeps its height.
  return <div className="text-block">{text === '' ? '\u200b' : text}</div>;
});
