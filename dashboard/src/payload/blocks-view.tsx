import type { ReactNode } from 'react';
import type { MessagePart } from './message.ts';
import { PartsList } from './parts-list.tsx';
import './message.css';

/** The thoughts, texts and tool calls of one answer. */
export function BlocksView(props: {
  parts: readonly MessagePart[];
  isGrowing?: boolean;
}): ReactNode {
  return (
    <div className="blocks">
      <PartsList {...props} />
    </div>
  );
}
