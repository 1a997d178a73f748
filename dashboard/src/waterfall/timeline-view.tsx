import { memo, useCallback, useRef, useState, type PointerEvent, type ReactNode } from 'react';
import type { RunSource, Selection } from '../run/run-source.ts';
import { isOver } from '../run/use-agent-clock.ts';
import { useSettledStatus } from '../runs/use-settled-status.ts';
import { SlowPanel } from '../slow/slow-panel.tsx';
import { FoldTools } from '../tree/fold-tools.tsx';
import { ROW_PX } from '../tree/row-height.ts';
import { TreeRows } from '../tree/tree-rows.tsx';
import { AxisRange } from './axis-range.tsx';
import { BarsCanvas } from './bars-canvas.tsx';
import { Crosshair } from './crosshair.tsx';
import { Minimap } from './minimap.tsx';
import { TimeAxisCanvas } from './time-axis-canvas.tsx';
import { useTimelineKeys } from './timeline-keys.ts';
import { TimelineToolbar } from './timeline-toolbar.tsx';
import { widthUs } from './time-window.ts';
import { useCritical } from './use-critical.ts';
import { useFollow } from './use-follow.ts';
import { useReveal } from './use-reveal.ts';
import { useRowRange } from './use-row-range.ts';
import { useSplit } from './use-split.ts';
import { useTimeline } from './use-timeline.ts';
import { useTimeView, useWheel } from './use-time-view.ts';
import './waterfall.css';

/** A press that moves less is a click. */
const DRAG_PX = 4;

/** In a stretch of this length bars grow by so few pixels a second that fewer drawings do. */
const LONG_US = 20_000_000;

export interface TimelineViewProps {
  source: RunSource;
  selection: Selection;
  query: string;
  onQuery: (query: string) => void;
  /** Stands before the tools. */
  lead: ReactNode;
}

/** Tree and waterfall side by side. */
export const TimelineView = memo(function TimelineView({
  source,
  selection,
  query,
  onQuery,
  lead,
}: TimelineViewProps): ReactNode {
  const [frame, setFrame] = useState<HTMLElement | null>(null);
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const [isCritical, setCritical] = useState(false);
  const [isSlowShown, setSlowShown] = useState(false);
  const searchBox = useRef<HTMLInputElement>(null);
  const drag = useRef<{ x: number; moved: boolean }>(undefined);

  const timeline = useTimeline(source, selection, query);
  const { outline, revision, rows, selected } = timeline;
  const { time, isMoving, isZoomed, changes } = useTimeView(source, outline);
  const range = useRowRange(scroller, rows?.count ?? 0);
  const split = useSplit(scroller);
  const critical = useCritical(source, isCritical);
  // While it is being caught up with, nobody knows: a run that is over stays at its top. It is said
  // to be live before it is said to have ended.
  const isOpen = (source.tree?.openCount ?? 0) > 0;
  const isGoingOn = useSettledStatus(source) === 'live' && !isOver(source) && isOpen;
  const { isFollowing, setFollowing } = useFollow(
    scroller,
    rows,
    outline?.newest,
    isGoingOn,
    selection.spanId === undefined,
  );
  useWheel(scroller, time, split.leftPx);
  useReveal(scroller, timeline);

  const { select } = selection;
  const onSelect = useCallback(
    (spanId: string) => {
      if (drag.current?.moved === true) return;
      setFollowing(false);
      select(spanId);
    },
    [select, setFollowing],
  );
  useTimelineKeys({
    timeline,
    time,
    selection,
    searchBox,
    pageRows: () => Math.max(1, Math.floor((scroller?.clientHeight ?? 0) / ROW_PX) - 2),
    toggleFollow: () => setFollowing(!isFollowing),
    toggleCritical: () => setCritical((before) => !before),
    letGo: () => setFollowing(false),
  });

  const panning = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      drag.current = undefined;
      const box = event.currentTarget.getBoundingClientRect();
      const isInWaterfall = event.clientX - box.left > split.leftPx;
      if (event.button === 0 && event.pointerType !== 'touch' && isInWaterfall)
        drag.current = { x: event.clientX, moved: false };
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const held = drag.current;
      if (held === undefined || event.buttons !== 1) return;
      const byPx = event.clientX - held.x;
      if (!held.moved && Math.abs(byPx) < DRAG_PX) return;
      held.moved = true;
      held.x = event.clientX;
      const width = event.currentTarget.clientWidth - split.leftPx;
      time.pan((-byPx / Math.max(width, 1)) * widthUs(time.window()));
    },
  };

  // What moves is drawn anew by itself.
  const drawnState = `${revision} ${isMoving ? '' : `${source.version} ${source.nowUs}`} ${changes}`;
  const moveMs = !isMoving ? 0 : widthUs(time.window()) < LONG_US ? 32 : 64;
  const originUs = outline?.startUs ?? 0;
  const troubleCount = outline?.troubleCount ?? 0;
  return (
    <>
      <div className="run-bar">
        {lead}
        <TimelineToolbar
          timeline={timeline}
          time={time}
          isZoomed={isZoomed}
          searchBox={searchBox}
          query={query}
          onQuery={onQuery}
          follow={isGoingOn ? { isOn: isFollowing, set: setFollowing } : undefined}
          isCritical={isCritical}
          onCritical={setCritical}
          isSlowShown={isSlowShown}
          onSlow={setSlowShown}
          troubleCount={troubleCount}
        />
      </div>
      {isSlowShown && outline !== undefined && (
        <SlowPanel
          source={source}
          outline={outline}
          revision={revision}
          filter={timeline.filter}
          onFilter={timeline.setFilter}
          onGo={timeline.go}
          onClose={() => setSlowShown(false)}
        />
      )}
      <div
        className="timeline"
        id="run-view"
        role="tabpanel"
        aria-labelledby="view-tab-timeline"
        ref={setFrame}
      >
        <div className="timeline-head" style={{ gridTemplateColumns: `${split.leftPx}px 1fr` }}>
          <div className="timeline-left">
            <FoldTools fold={timeline.fold} setFold={timeline.setFold} />
            <div className="timeline-columns" aria-hidden>
              <span className="grow">Step</span>
              <span className="tree-tokens">Tokens</span>
              <span className="tree-duration">Duration</span>
            </div>
          </div>
          <div className="timeline-times">
            {outline !== undefined && (
              <Minimap {...{ outline, time, isMoving, isZoomed }} changes={drawnState} />
            )}
            <AxisRange time={time}>
              <TimeAxisCanvas {...{ time, originUs, moveMs }} changes={drawnState} />
            </AxisRange>
          </div>
        </div>
        <div
          className="timeline-scroll"
          ref={setScroller}
          role="tree"
          aria-label="Spans"
          tabIndex={0}
          aria-activedescendant={selected === undefined ? undefined : `row-${selected.spanId}`}
          {...panning}
        >
          <div
            className="timeline-content"
            role="presentation"
            style={{
              height: (rows?.count ?? 0) * ROW_PX,
              ['--tree-px' as string]: `${split.leftPx}px`,
            }}
          >
            {rows !== undefined && (
              <>
                <TreeRows
                  rows={rows}
                  first={range.first}
                  last={range.last}
                  source={source}
                  isMoving={isMoving}
                  selected={selected}
                  matches={timeline.matches.found}
                  onSelect={onSelect}
                  onToggle={timeline.toggle}
                />
                <BarsCanvas
                  rows={rows}
                  first={range.first}
                  last={range.last}
                  time={time}
                  moveMs={moveMs}
                  seen={range.seen}
                  selected={selected}
                  critical={critical}
                  changes={drawnState}
                />
              </>
            )}
          </div>
          {rows?.count === 0 && (outline?.spans.length ?? 0) > 0 && (
            <p className="timeline-none quiet">No span is left: take the filter off to see all.</p>
          )}
        </div>
        <Crosshair
          host={frame}
          leftPx={split.leftPx}
          {...{ time, originUs, isMoving }}
          changes={drawnState}
        />
        <div
          className="timeline-split"
          role="separator"
          aria-orientation="vertical"
          aria-label="Width of the tree"
          tabIndex={0}
          style={{ left: split.leftPx - 4 }}
          {...split.handle}
        />
      </div>
    </>
  );
});
