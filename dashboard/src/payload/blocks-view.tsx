import type { ReactNode } from 'react';
import type { MessagePart } from './message.ts';
import { PartView } from './part-view.tsx';

/** The thoughts, texts and tool calls of one answer; a thought that is still coming is unfolded. */
export function BlocksView({
  parts,
  isGrowing = false,
}: {
  parts: readonly MessagePart[];
  isGrowing?: boolean;
}): ReactNode {
  return parts.map((part, index) => (
    // Blocks only come behind those that are there.
    // eslint-disable-next-line react/no-array-index-key
    <PartView key={index} part={part} isOpen={isGrowing && index === parts.length - 1} />
  ));
}
