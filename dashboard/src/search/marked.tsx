import type { ReactNode } from 'react';
import { textPattern } from './text-pattern.ts';
import './marked.css';

/** A line with what is searched for marked in it; `wanted` blank: as it is. */
export function Marked({ text, wanted }: { text: string; wanted: string }): ReactNode {
  const pattern = textPattern(wanted, 'gi');
  if (pattern === undefined) return text;
  const pieces: ReactNode[] = [];
  let from = 0;
  for (const { index, 0: found } of text.matchAll(pattern)) {
    pieces.push(text.slice(from, index), <mark key={index}>{found}</mark>);
    from = index + found.length;
  }
  pieces.push(text.slice(from));
  return pieces;
}
