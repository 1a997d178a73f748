import { useMemo, type ReactNode } from 'react';
import { BlocksView } from './blocks-view.tsx';
import { MarkdownView } from './markdown-view.tsx';
import { readBlocks } from './recorded-blocks.ts';
import { TextView } from './text-view.tsx';

/** An output as it grows: its blocks, markdown whose end does not flicker, or JSON as plain text. */
export function StreamingView({
  text,
  asCode = false,
}: {
  text: string;
  asCode?: boolean;
}): ReactNode {
  const parts = useMemo(() => (asCode ? undefined : readBlocks(text)), [text, asCode]);
  if (parts !== undefined) return <BlocksView parts={parts} isGrowing />;
  if (asCode || /^\s*[{[]/.test(text)) return <TextView text={text} streaming code />;
  return <MarkdownView text={text} streaming />;
}
