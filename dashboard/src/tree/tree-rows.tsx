import { totalTokens, type SpanId, type SpanNode } from '@spantail/protocol';
import type { ReactNode } from 'react';
import { formatCount, formatDuration } from '../format/quantities.ts';
import { visibleName } from '../payload/visible-text.ts';
import { facts } from '../run/facts-cache.ts';
import type { RunSource } from '../run/run-source.ts';
import { useRunNowUs } from '../run/use-run-now.ts';
import { isOver } from '../run/use-agent-clock.ts';
import { useSearchedText } from '../search/use-searched-text.ts';
import { BELOW, ITSELF } from './outline-columns.ts';
import { saidOf } from './found-snippet.ts';
import { indentPx } from './row-texts.ts';
import { siblingPlaces, type SiblingPlace } from './sibling-places.ts';
import { TreeRow } from './tree-row.tsx';
import { spanTitle } from './span-title.ts';
import { spanAt, type VisibleRows } from './visible-rows.ts';
import './tree.css';

/** More than are ever drawn at once. */
const SLOTS = 512;

export interface TreeRowsProps {
  rows: VisibleRows;
  /** Rows that are drawn. */
  first: number;
  last: number;
  source: RunSource;
  /** Durations of what is open go on between two changes. */
  isMoving: boolean;
  selected: SpanNode | undefined;
  matches: ReadonlySet<SpanNode> | undefined;
  onSelect: (spanId: SpanId) => void;
  onToggle: (spanId: SpanId, depth: number) => void;
}

export function TreeRows(props: TreeRowsProps): ReactNode {
  const { rows, first, last, source, isMoving } = props;
  const nowUs = useRunNowUs(source, isMoving);
  const placeOf = siblingPlaces(source.tree, isOver(source));
  const searched = useSearchedText();
  const drawn: ReactNode[] = [];
  for (let row = first; row < Math.min(last, rows.count); row++) {
    const span = spanAt(rows, row);
    if (span !== undefined)
      drawn.push(rowElement(props, row, span, placeOf(span), nowUs, searched));
  }
  return drawn;
}

function rowElement(
  { rows, selected, matches, onSelect, onToggle }: TreeRowsProps,
  row: number,
  span: SpanNode,
  place: SiblingPlace,
  nowUs: number,
  searched: string,
): ReactNode {
  const { depths, ends, trouble } = rows.outline.columns;
  const index = rows.indices[row] ?? 0;
  const next = row + 1 < rows.count ? rows.indices[row + 1] : undefined;
  const depth = depths[index] ?? 0;
  const below = (ends[index] ?? index + 1) - index - 1;
  const isFolded =
    below > 0 && next !== index + 1 && !(next !== undefined && next < (ends[index] ?? 0));
  const isMatch = matches?.has(span) === true;
  const title = spanTitle(span);
  const wanted = isMatch ? searched : '';
  const { snippet, isTail, foundWhere } = saidOf(span, title, wanted);
  const tokens = span.spanType === 'model' ? tokensOf(span) : undefined;
  return (
    <TreeRow
      // A row that leaves at one end comes back at the other: no element is made or removed.
      key={row % SLOTS}
      spanId={span.spanId}
      row={row}
      depth={depth}
      position={place.position}
      siblingCount={place.count}
      indent={indentPx(depth)}
      title={title}
      name={visibleName(span.name)}
      type={span.spanType}
      state={span.state}
      trouble={trouble[index] === ITSELF ? 'itself' : trouble[index] === BELOW ? 'below' : 'fine'}
      fold={below === 0 ? 'leaf' : isFolded ? 'folded' : 'unfolded'}
      foldedCount={isFolded ? below : 0}
      snippet={snippet}
      isTail={isTail}
      duration={durationOf(span, nowUs)}
      tokens={tokens === undefined ? '' : formatCount(tokens)}
      isSelected={span === selected}
      isMatch={isMatch}
      wanted={wanted}
      foundWhere={foundWhere}
      isOrphan={span.orphan}
      onSelect={onSelect}
      onToggle={onToggle}
    />
  );
}

function tokensOf(span: SpanNode): number | undefined {
  return totalTokens(facts.of(span).usage);
}

function durationOf({ startUs, endUs, state }: SpanNode, nowUs: number): string {
  if (startUs === undefined) return '?';
  if (endUs === undefined && state !== 'open') return '?';
  return formatDuration(Math.max(0, (endUs ?? nowUs) - startUs));
}
