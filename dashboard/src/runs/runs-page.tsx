import { useRuns } from '@spantail/client/react';
import { ArrowUp } from 'lucide-react';
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { problemIn } from './filter/filter-problem.ts';
import { FirstRun } from './first-run.tsx';
import {
  isNarrowed,
  questionOf,
  readAddress,
  sortedBy,
  writeAddress,
  type ListAddress,
} from './list-address.ts';
import { BadFilter, ListError, NoMatch, RunsSkeleton } from './list-states.tsx';
import { PickedBar } from './picked-bar.tsx';
import { RunsList } from './runs-list.tsx';
import { RunsToolbar } from './runs-toolbar.tsx';
import { useCalmRows } from './use-calm-rows.ts';
import { useReading } from './use-reading.ts';
import { useRunKeys } from './use-run-keys.ts';
import { activeWhenLeft, keepActive } from './active-run.ts';
import './runs.css';
import './runs-cards.css';

/** All runs, live. */
export function RunsPage(): ReactNode {
  const [search, setSearch] = useSearchParams();
  const [, navigate] = useLocation();
  const address = readAddress(search);
  const question = writeAddress(address).toString();
  const { runs, loading, error, hasMore, loadMore } = useRuns(questionOf(address));
  // While the answer to a new question is awaited, the rows are still the last one's.
  const answered = useRef(question);
  if (!loading) answered.current = question;
  const scroller = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [activeId, setActiveId] = useState(activeWhenLeft);
  const { isReading, stop } = useReading(scroller, true);
  // Where keys are is read, too.
  const isHeld = isReading || activeId !== undefined;
  const { rows, waitingCount } = useCalmRows(runs, isHeld, answered.current);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());

  const change = (next: ListAddress): void => setSearch(writeAddress(next), { replace: true });
  const showAll = (): void => change({ ...address, q: '', status: '', range: '' });
  const activeNow = useRef(activeId);
  activeNow.current = activeId;
  const onOpen = useCallback(
    (traceId: string) => {
      keepActive(activeNow.current);
      navigate(`/runs/${traceId}`);
    },
    [navigate],
  );
  const onPick = useCallback((traceId: string) => {
    setPicked((before) => {
      const next = new Set(before);
      if (!next.delete(traceId)) next.add(traceId);
      return next;
    });
  }, []);
  const onClear = (): void => setPicked(new Set());
  const [left, right] = picked;
  const onCompare = (): void => {
    if (picked.size === 2) navigate(`/compare/${left}/${right}`);
  };
  const onWatch = (): void => {
    if (picked.size > 0) navigate(`/board?${[...picked].map((id) => `run=${id}`).join('&')}`);
  };
  const showNew = (): void => {
    setActiveId(undefined);
    stop();
  };
  useRunKeys({
    rows,
    activeId,
    onActive: setActiveId,
    list,
    input,
    onOpen,
    onPick,
    onCompare,
    onWatch,
    onClear,
    onShowNew: showNew,
  });
  const lastQuestion = useRef(question);
  useEffect(() => {
    // Whoever comes back finds the row that keys were at.
    if (lastQuestion.current === question) return;
    lastQuestion.current = question;
    scroller.current?.scrollTo({ top: 0 });
    setActiveId(undefined);
  }, [question]);

  const refused = problemIn(error);
  const isFailing = error !== undefined && refused === undefined;
  return (
    <div className="runs">
      <h1 className="visually-hidden">Runs</h1>
      <RunsToolbar
        address={address}
        onChange={change}
        refused={refused}
        rows={rows}
        input={input}
      />
      {isFailing && rows.length > 0 && (
        <p className="runs-stale" role="status">
          The list may be behind: {error.message}
        </p>
      )}
      <div className="runs-frame">
        {waitingCount > 0 && (
          <button type="button" className="runs-waiting" onClick={showNew}>
            <ArrowUp size={14} aria-hidden />
            {waitingCount} new {waitingCount === 1 ? 'run' : 'runs'}
          </button>
        )}
        <div
          ref={scroller}
          className="runs-scroller"
          data-behind={rows.length > 0 && (loading || refused !== undefined)}
        >
          {rows.length > 0 && (
            <RunsList
              rows={rows}
              sort={address.sort}
              onSort={(field) => change(sortedBy(address, field))}
              activeId={activeId}
              picked={picked}
              onOpen={onOpen}
              onPick={onPick}
              hasMore={hasMore}
              loadMore={loadMore}
              scroller={scroller}
              list={list}
              question={answered.current}
            />
          )}
          {rows.length === 0 && loading && <RunsSkeleton />}
          {rows.length === 0 && !loading && isFailing && <ListError error={error} />}
          {rows.length === 0 && !loading && error === undefined && !isNarrowed(address) && (
            <FirstRun />
          )}
          {rows.length === 0 && !loading && error === undefined && isNarrowed(address) && (
            <NoMatch onClear={showAll} />
          )}
          {rows.length === 0 && refused !== undefined && <BadFilter onClear={showAll} />}
        </div>
      </div>
      <PickedBar count={picked.size} onCompare={onCompare} onWatch={onWatch} onClear={onClear} />
    </div>
  );
}
