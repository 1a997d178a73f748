import type { WatchedSpan } from '@spantail/client';
import type { SpanId, SpanNode } from '@spantail/protocol';
import { useCallback, useMemo, useState } from 'react';
import { selectedSpan, type RunSource, type Selection } from '../run/run-source.ts';
import { useSearch, type Matches } from '../search/use-search.ts';
import { ALL_UNFOLDED, isFolded, setFolded, type Fold } from '../tree/fold.ts';
import { ITSELF } from '../tree/outline-columns.ts';
import type { Outline } from '../tree/outline.ts';
import { useOutline } from '../tree/use-outline.ts';
import {
  keepWithPaths,
  nextRow,
  rowOf,
  spanAt,
  visibleRows,
  type VisibleRows,
} from '../tree/visible-rows.ts';

/** Only these spans, and what is above them, are rows. */
export interface SpanFilter {
  label: string;
  passes: (span: SpanNode) => boolean;
}

export interface Timeline {
  outline: Outline | undefined;
  revision: number;
  rows: VisibleRows | undefined;
  matches: Matches;
  selected: WatchedSpan | undefined;
  fold: Fold;
  setFold: (fold: Fold) => void;
  toggle: (spanId: SpanId, depth: number) => void;
  filter: SpanFilter | undefined;
  setFilter: (filter: SpanFilter | undefined) => void;
  isOnlyMatches: boolean;
  setOnlyMatches: (only: boolean) => void;
  /** Selects a span, unfolding what is above it. */
  go: (span: SpanNode) => void;
  stepRow: (step: number) => void;
  stepMatch: (step: 1 | -1) => void;
  stepError: (step: 1 | -1) => void;
}

/** What the timeline shows of a run, and how to move in it. */
export function useTimeline(source: RunSource, selection: Selection, query: string): Timeline {
  const { outline, revision } = useOutline(source);
  const [fold, setFold] = useState<Fold>(ALL_UNFOLDED);
  const [filter, setFilter] = useState<SpanFilter>();
  const [isOnlyMatches, setOnlyMatches] = useState(false);
  const matches = useSearch(source, outline, revision, query);
  const { found } = matches;
  const rows = useMemo(() => {
    if (outline === undefined) return undefined;
    const onlyFound = isOnlyMatches ? found : undefined;
    if (filter === undefined && onlyFound === undefined) return visibleRows(outline, fold);
    const passes = (span: SpanNode): boolean =>
      (filter === undefined || filter.passes(span)) &&
      (onlyFound === undefined || onlyFound.has(span));
    return visibleRows(outline, fold, keepWithPaths(outline, passes));
  }, [outline, revision, fold, filter, isOnlyMatches, found]);
  const selected = selectedSpan(source, selection);
  const { tree } = source;
  const { select } = selection;

  const go = useCallback(
    (span: SpanNode) => {
      setFold((before) =>
        setFolded(
          before,
          above(span, (id) => tree?.get(id)),
          false,
        ),
      );
      select(span.spanId);
    },
    [tree, select],
  );
  const toggle = useCallback((spanId: SpanId, depth: number) => {
    setFold((before) => setFolded(before, [{ spanId, depth }], !isFolded(before, spanId, depth)));
  }, []);
  const stepAll = (step: 1 | -1, passes: (index: number) => boolean): void => {
    if (outline === undefined) return;
    const { spans } = outline;
    const at = selected === undefined ? (step === 1 ? -1 : 0) : outline.indexOf(selected);
    const span = spans[nextRow(spans.length, at, step, passes)];
    if (span !== undefined) go(span);
  };
  return {
    outline,
    revision,
    rows,
    matches,
    selected,
    fold,
    setFold,
    toggle,
    filter,
    setFilter,
    isOnlyMatches,
    setOnlyMatches,
    go,
    stepRow: (step) => {
      if (rows === undefined || rows.count === 0) return;
      const at = rowOf(rows, selected);
      const row = at < 0 ? 0 : Math.min(rows.count - 1, Math.max(0, at + step));
      const span = spanAt(rows, row);
      if (span !== undefined) select(span.spanId);
    },
    stepMatch: (step) =>
      stepAll(step, (index) => {
        const span = outline?.spans[index];
        return span !== undefined && found?.has(span) === true;
      }),
    stepError: (step) => stepAll(step, (index) => outline?.columns.trouble[index] === ITSELF),
  };
}

/** Everything above a span, with how deep it is. */
function above(
  span: SpanNode,
  get: (spanId: SpanId) => SpanNode | undefined,
): { spanId: SpanId; depth: number }[] {
  const path: SpanId[] = [];
  for (let at: SpanNode | undefined = span; at !== undefined && !at.orphan;) {
    at = at.parentSpanId === undefined ? undefined : get(at.parentSpanId);
    if (at !== undefined) path.push(at.spanId);
  }
  return path.reverse().map((spanId, depth) => ({ spanId, depth }));
}
