import { CircleAlert, Gauge, ListEnd, Maximize2, Minus, Plus, Route, X } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { visibleName } from '../payload/visible-text.ts';
import { SearchBox } from '../search/search-box.tsx';
import type { TimeView } from './use-time-view.ts';
import type { Timeline } from './use-timeline.ts';

export interface TimelineToolbarProps {
  timeline: Timeline;
  time: TimeView;
  isZoomed: boolean;
  searchBox: RefObject<HTMLInputElement | null>;
  query: string;
  onQuery: (query: string) => void;
  /** Absent: the run does not go on, and there is nothing to follow. */
  follow: { isOn: boolean; set: (on: boolean) => void } | undefined;
  isCritical: boolean;
  onCritical: (critical: boolean) => void;
  isSlowShown: boolean;
  onSlow: (shown: boolean) => void;
  troubleCount: number;
}

export function TimelineToolbar(props: TimelineToolbarProps): ReactNode {
  const { timeline, time, isZoomed, follow, isCritical, isSlowShown, troubleCount } = props;
  const { filter, setFilter, matches, selected } = timeline;
  return (
    <div className="timeline-toolbar" role="toolbar" aria-label="Timeline">
      <SearchBox
        box={props.searchBox}
        text={props.query}
        onText={props.onQuery}
        matches={matches}
        place={placeOf(timeline)}
        onStep={timeline.stepMatch}
        isFiltering={timeline.isOnlyMatches}
        onFiltering={timeline.setOnlyMatches}
      />
      {filter !== undefined && (
        <button
          type="button"
          className="timeline-filter"
          title="Show all spans again"
          onClick={() => setFilter(undefined)}
        >
          only {filter.label}
          <X size={13} aria-hidden />
        </button>
      )}
      <span className="grow" />
      {troubleCount > 0 && (
        <button
          type="button"
          className="timeline-errors"
          title="Go to the next error (e)"
          onClick={() => timeline.stepError(1)}
        >
          <CircleAlert size={14} aria-hidden />
          {troubleCount.toLocaleString()}
          <span className="timeline-word"> next error</span>
        </button>
      )}
      {follow !== undefined && (
        <button
          type="button"
          aria-pressed={follow.isOn}
          title={follow.isOn ? 'Follows the newest step (f)' : 'Follow the newest step (f)'}
          onClick={() => follow.set(!follow.isOn)}
        >
          <ListEnd size={14} aria-hidden />
          <span className="timeline-word">Follow</span>
        </button>
      )}
      <button
        type="button"
        aria-pressed={isCritical}
        title="Mark what the run was waiting for (c)"
        onClick={() => props.onCritical(!isCritical)}
      >
        <Route size={14} aria-hidden />
        <span className="timeline-word">Critical path</span>
      </button>
      <button
        type="button"
        aria-pressed={isSlowShown}
        aria-expanded={isSlowShown}
        title="Time, tokens and cost by model and tool"
        onClick={() => props.onSlow(!isSlowShown)}
      >
        <Gauge size={14} aria-hidden />
        <span className="timeline-word">Who is slow</span>
      </button>
      <span className="button-group">
        <button
          type="button"
          aria-label="Farther"
          title="Farther (-)"
          disabled={!isZoomed}
          onClick={() => time.zoom(1 / 0.6)}
        >
          <Minus size={14} aria-hidden />
        </button>
        <button
          type="button"
          aria-label="Closer"
          title="Closer (+, or Ctrl and the wheel)"
          onClick={() => time.zoom(0.6)}
        >
          <Plus size={14} aria-hidden />
        </button>
        <button
          type="button"
          aria-label="All of the run"
          title="All of the run (0)"
          disabled={!isZoomed}
          onClick={() => time.fit()}
        >
          <Maximize2 size={14} aria-hidden />
        </button>
      </span>
      {selected === undefined ? null : (
        <span className="visually-hidden" aria-live="polite">
          {visibleName(selected.name)}
        </span>
      )}
    </div>
  );
}

/** In the order of the rows; only so many are counted through at each render. */
const MOST_COUNTED = 2_000;

function placeOf({ matches: { found }, selected, outline }: Timeline): number {
  if (found === undefined || selected === undefined || !found.has(selected)) return -1;
  if (found.size > MOST_COUNTED || outline === undefined) return -1;
  // Found in the order of the outline, as it was then.
  let place = 0;
  for (const span of found) {
    if (span === selected) return place;
    place++;
  }
  return -1;
}
