import {
  useCallback,
  useEffect,
  useReducer,
  useRef,
  type PointerEvent,
  type ReactNode,
} from 'react';
import type { Outline } from '../tree/outline.ts';
import { drawMinimap } from './draw-minimap.ts';
import { usePalette } from './palette.ts';
import { clampWindow, toUs, toX, widthUs, type TimeWindow } from './time-window.ts';
import { useCanvas, type Drawing } from './use-canvas.ts';
import type { TimeView } from './use-time-view.ts';

/** While a run grows it is drawn so often, a large one less: it is all of the run, and moves little. */
const DRAW_MS = 250;
const DRAW_MS_PER_SPAN = 0.02;
/** A press that moves less is none to pull a stretch. */
const PULL_PX = 4;

interface Pull {
  kind: 'move' | 'new' | 'from' | 'to';
  atUs: number;
  x: number;
  window: TimeWindow;
  moved: boolean;
}

/** The whole run in a strip: what part of it is looked at, to move and to choose. */
export function Minimap({
  outline,
  time,
  isMoving,
  isZoomed,
  changes,
}: {
  outline: Outline;
  time: TimeView;
  isMoving: boolean;
  isZoomed: boolean;
  changes: string;
}): ReactNode {
  const palette = usePalette();
  const strip = useRef<HTMLDivElement>(null);
  const pull = useRef<Pull>(undefined);
  const beat = useBeat(isMoving, changes, drawMs(outline.spans.length));
  const draw = useCallback(
    (drawing: Drawing) => drawMinimap(drawing, outline, time.whole(), time.nowUs(), palette),
    [outline, time, palette, beat],
  );
  const canvas = useCanvas(draw, 0);

  const usAt = (clientX: number): number => {
    const box = strip.current?.getBoundingClientRect();
    return toUs(time.whole(), box?.width ?? 1, clientX - (box?.left ?? 0));
  };
  const begin = (kind: Pull['kind'], event: PointerEvent<HTMLElement>): void => {
    if (event.button !== 0) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    pull.current = {
      kind,
      atUs: usAt(event.clientX),
      x: event.clientX,
      window: time.window(),
      moved: false,
    };
  };
  const move = (event: PointerEvent<HTMLElement>): void => {
    const current = pull.current;
    if (current === undefined) return;
    if (!current.moved && Math.abs(event.clientX - current.x) < PULL_PX) return;
    current.moved = true;
    time.show(pulled(current, usAt(event.clientX), time.whole()));
  };
  const end = (event: PointerEvent<HTMLElement>): void => {
    const current = pull.current;
    pull.current = undefined;
    if (current === undefined || current.moved || current.kind !== 'new') return;
    // A mere press goes there.
    const width = widthUs(time.window());
    const atUs = usAt(event.clientX);
    time.show(clampWindow({ fromUs: atUs - width / 2, toUs: atUs + width / 2 }, time.whole()));
  };
  const handlers = (kind: Pull['kind']) => ({
    onPointerDown: (event: PointerEvent<HTMLElement>) => begin(kind, event),
    onPointerMove: move,
    onPointerUp: end,
    onPointerCancel: () => (pull.current = undefined),
  });

  const whole = time.whole();
  const window = time.window();
  const left = toX(whole, 100, window.fromUs);
  const right = toX(whole, 100, window.toUs);
  return (
    <div
      ref={strip}
      className="minimap"
      title="Pull over a stretch to look at it, double-click for all"
      onDoubleClick={time.fit}
      {...handlers('new')}
    >
      <canvas ref={canvas} aria-hidden />
      {isZoomed && (
        <>
          <div className="minimap-shade" style={{ left: 0, width: `${left}%` }} />
          <div className="minimap-shade" style={{ left: `${right}%`, right: 0 }} />
          <div
            className="minimap-window"
            style={{ left: `${left}%`, width: `${Math.max(right - left, 0.2)}%` }}
            {...handlers('move')}
          >
            <span className="minimap-edge" {...handlers('from')} />
            <span className="minimap-edge" {...handlers('to')} />
          </div>
        </>
      )}
    </div>
  );
}

function pulled({ kind, atUs, window }: Pull, nowAtUs: number, whole: TimeWindow): TimeWindow {
  const byUs = nowAtUs - atUs;
  switch (kind) {
    case 'move':
      return clampWindow({ fromUs: window.fromUs + byUs, toUs: window.toUs + byUs }, whole);
    case 'new':
      return ordered(atUs, nowAtUs);
    case 'from':
      return ordered(window.fromUs + byUs, window.toUs);
    case 'to':
      return ordered(window.fromUs, window.toUs + byUs);
  }
}

function ordered(oneUs: number, otherUs: number): TimeWindow {
  const fromUs = Math.min(oneUs, otherUs);
  return { fromUs, toUs: Math.max(oneUs, otherUs, fromUs + 100) };
}

/** Another number a few times a second while it moves, and soon after a change. */
function useBeat(isMoving: boolean, changes: string, everyMs: number): number {
  const [beat, next] = useReducer((count: number) => count + 1, 0);
  const drawnAtMs = useRef(0);
  useEffect(() => {
    drawnAtMs.current = performance.now();
  }, [beat]);
  useEffect(() => {
    const waitMs = Math.max(DRAW_MS / 4, drawnAtMs.current + everyMs - performance.now());
    const timer = setTimeout(next, waitMs);
    return () => clearTimeout(timer);
  }, [changes, everyMs]);
  useEffect(() => {
    if (!isMoving) return undefined;
    const timer = setInterval(next, everyMs);
    return () => clearInterval(timer);
  }, [isMoving, everyMs]);
  return beat;
}

/** In steps, so that not each span that comes starts the interval anew. */
function drawMs(count: number): number {
  return Math.max(DRAW_MS, Math.ceil((count * DRAW_MS_PER_SPAN) / DRAW_MS) * DRAW_MS);
}
