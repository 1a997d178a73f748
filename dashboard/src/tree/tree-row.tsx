import type { SpanId, SpanState, SpanType } from '@spantail/protocol';
import { ChevronDown, ChevronRight, CircleAlert, Unplug } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { Marked } from '../search/marked.tsx';
import { ROW_PX } from './row-height.ts';
import { TypeIcon } from './type-icon.tsx';

/** Only plain values: a row is drawn again when one of them is another. */
export interface TreeRowProps {
  spanId: SpanId;
  row: number;
  depth: number;
  /** Among its siblings, from 1. */
  position: number;
  /** -1: not known yet. */
  siblingCount: number;
  indent: number;
  /** What it is called where there is little room. */
  title: string;
  name: string;
  type: SpanType;
  state: SpanState;
  trouble: 'fine' | 'below' | 'itself';
  fold: 'leaf' | 'folded' | 'unfolded';
  /** Spans that are folded into it. */
  foldedCount: number;
  snippet: string;
  /** The snippet is the end of a text that grows. */
  isTail: boolean;
  duration: string;
  tokens: string;
  isSelected: boolean;
  isMatch: boolean;
  /** What is searched for, to be marked; blank in rows that do not have it. */
  wanted: string;
  /** Where it is, when neither title nor snippet has it. */
  foundWhere: string;
  isOrphan: boolean;
  onSelect: (spanId: SpanId) => void;
  onToggle: (spanId: SpanId, depth: number) => void;
}

export const TreeRow = memo(function TreeRow(props: TreeRowProps): ReactNode {
  const { spanId, row, depth, fold, title, name, state, trouble, snippet, wanted } = props;
  return (
    <div
      id={`row-${spanId}`}
      className="tree-row"
      role="treeitem"
      aria-level={depth + 1}
      aria-posinset={props.position}
      aria-setsize={props.siblingCount}
      aria-selected={props.isSelected}
      aria-expanded={fold === 'leaf' ? undefined : fold === 'unfolded'}
      data-state={state}
      data-trouble={trouble}
      data-match={props.isMatch}
      style={{ top: row * ROW_PX, height: ROW_PX }}
      onClick={() => props.onSelect(spanId)}
    >
      <div className="tree-cell">
        <span className="tree-indent" style={{ width: props.indent }} />
        {fold === 'leaf' ? (
          <span className="tree-twisty" />
        ) : (
          <button
            type="button"
            className="tree-twisty"
            tabIndex={-1}
            aria-label={fold === 'folded' ? 'Unfold' : 'Fold'}
            onClick={(event) => {
              event.stopPropagation();
              props.onToggle(spanId, depth);
            }}
          >
            {fold === 'folded' ? <ChevronRight size={14} /> : <ChevronDown size={14} />}
          </button>
        )}
        <TypeIcon type={props.type} />
        <span className="tree-name" title={name}>
          {title === '' ? <em>unnamed</em> : <Marked text={title} wanted={wanted} />}
        </span>
        {props.foldedCount > 0 && <span className="tree-folded">+{props.foldedCount}</span>}
        {props.isOrphan && (
          <span className="tree-flag" title="The span above it is not known (yet)">
            orphan
          </span>
        )}
        {state === 'unknown' && (
          <span className="tree-flag" title="Something is known of it, but not its start (yet)">
            start unknown
          </span>
        )}
        {state === 'lost' && (
          <span className="tree-flag" data-tone="lost">
            <Unplug size={12} aria-hidden /> lost
          </span>
        )}
        {trouble === 'itself' && state !== 'lost' && (
          <span className="tree-flag" data-tone="error">
            <CircleAlert size={12} aria-hidden /> error
          </span>
        )}
        <span className="tree-snippet" data-tail={props.isTail}>
          <span>
            {props.foundWhere !== '' && <b className="tree-found">{props.foundWhere}</b>}
            <Marked text={snippet} wanted={wanted} />
          </span>
        </span>
        <span className="tree-tokens" title="Tokens, in and out">
          {props.tokens}
        </span>
        <span className="tree-duration">
          {state === 'open' && <span className="tree-pulse" aria-label="running" role="img" />}
          {props.duration}
        </span>
      </div>
    </div>
  );
});
