import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import type { RunSource } from '../run/run-source.ts';
import { formatClock } from './format-clock.ts';
import { MarkLines } from './mark-lines.tsx';
import type { Machine } from './use-time-machine.ts';
import { useMarks } from './use-marks.ts';

/** Of the whole, for Page Up and Page Down. */
const PAGE_SHARE = 0.05;

/** The run's log from left to right, with its errors and model calls; drag to go to a moment. */
export function Scrubber({ machine, source }: { machine: Machine; source: RunSource }): ReactNode {
  const { engine, state } = machine;
  const { mode, count, index, placeMs, lengthMs, momentMs } = state;
  const track = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<number>();
  const [pointed, setPointed] = useState<number>();
  const marks = useMarks(machine, source);
  const shownShare = mode === 'past' && lengthMs > 0 ? placeMs / lengthMs : mode === 'past' ? 0 : 1;
  const share = dragged ?? shownShare;

  const shareOf = (event: PointerEvent): number => {
    const box = track.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return 1;
    return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
  };
  const dragTo = (event: PointerEvent): void => {
    const to = shareOf(event);
    setDragged(to);
    engine.seek({ to: 'share', share: to });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const act = KEYS[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act(machine, share);
  };
  return (
    <div
      ref={track}
      className="tm-scrubber"
      role="slider"
      tabIndex={0}
      aria-label="Moment of the run"
      aria-valuemin={0}
      aria-valuemax={count}
      aria-valuenow={index}
      aria-valuetext={
        momentMs === undefined ? 'now' : `${formatClock(momentMs)}, event ${index} of ${count}`
      }
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        dragTo(event);
      }}
      onPointerMove={(event) => {
        setPointed(shareOf(event));
        if (dragged !== undefined) dragTo(event);
      }}
      onPointerUp={() => setDragged(undefined)}
      onPointerCancel={() => setDragged(undefined)}
      onPointerLeave={() => setPointed(undefined)}
    >
      <MarkLines marks={marks} />
      <div className="tm-future" style={{ left: percent(share) }} />
      <div className="tm-thumb" style={{ left: percent(share) }} />
      {pointed !== undefined && lengthMs > 0 && <Pointed machine={machine} share={pointed} />}
    </div>
  );
}

/** The moment below the pointer, before it is gone to. */
function Pointed({
  machine: { engine, state },
  share,
}: {
  machine: Machine;
  share: number;
}): ReactNode {
  const { log } = engine;
  const placeMs = share * state.lengthMs;
  const events = log.countAtPlace(placeMs, state.skipWaits);
  if (events === 0) return null;
  const momentMs = log.momentMs(events, placeMs, state.skipWaits);
  return (
    <div className="tm-pointed" style={{ left: percent(share) }} aria-hidden>
      <span className={share > 0.5 ? 'is-left' : ''}>{formatClock(momentMs)}</span>
    </div>
  );
}

const KEYS: Readonly<Record<string, (machine: Machine, share: number) => void>> = {
  ArrowLeft: ({ engine }) => engine.step(-1),
  ArrowDown: ({ engine }) => engine.step(-1),
  ArrowRight: ({ engine }) => engine.step(1),
  ArrowUp: ({ engine }) => engine.step(1),
  PageDown: ({ engine }, share) =>
    engine.seek({ to: 'share', share: Math.max(0, share - PAGE_SHARE) }),
  PageUp: ({ engine }, share) =>
    engine.seek({ to: 'share', share: Math.min(1, share + PAGE_SHARE) }),
  Home: ({ engine }) => engine.seek({ to: 'first' }),
  End: ({ engine }) => engine.seek({ to: 'before-last', events: 0 }),
};

function percent(share: number): string {
  return `${(share * 100).toFixed(3)}%`;
}
