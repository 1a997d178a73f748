import { lazy, Suspense, type ReactNode } from 'react';
import { TextView } from './text-view.tsx';

/** Without its code (the gateway went away meanwhile) a text is still a text. */
const Markdown = lazy(() =>
  import('../markdown/markdown.tsx').catch(() => ({ default: TextView })),
);
/** Longer texts are shown as they are: markdown of a book helps nobody. */
const MOST_CHARACTERS = 150_000;

/** Markdown; as plain text until its code is there. */
export function MarkdownView({
  text,
  streaming = false,
}: {
  text: string;
  streaming?: boolean;
}): ReactNode {
  const plain = <TextView text={text} streaming={streaming} />;
  if (text.length > MOST_CHARACTERS) return plain;
  return (
    <Suspense fallback={plain}>
      <Markdown text={text} streaming={streaming} />
    </Suspense>
  );
}
