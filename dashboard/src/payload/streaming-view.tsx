import type { ReactNode } from 'react';
import { MarkdownView } from './markdown-view.tsx';
import { TextView } from './text-view.tsx';

/** An output as it grows: markdown whose end does not flicker, or JSON as plain text. */
export function StreamingView({
  text,
  asCode = false,
}: {
  text: string;
  asCode?: boolean;
}): ReactNode {
  if (asCode || /^\s*[{[]/.test(text)) return <TextView text={text} streaming code />;
  return <MarkdownView text={text} streaming />;
}
