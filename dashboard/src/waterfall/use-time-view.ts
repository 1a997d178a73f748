import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { RunSource } from '../run/run-source.ts';
import { isOver } from '../run/use-agent-clock.ts';
import type { Outline } from '../tree/outline.ts';
import {
  clampWindow,
  fitWindow,
  panWindow,
  widthUs,
  zoomWindow,
  type TimeWindow,
} from './time-window.ts';

/** The stretch of time that is looked at, and how to look at another. All of it stays the same object. */
export interface TimeView {
  /** The present or the moment; goes on between changes of the source. */
  nowUs: () => number;
  whole: () => TimeWindow;
  window: () => TimeWindow;
  /** Below 1 closer. Round `atUs`, else round the middle. */
  zoom: (factor: number, atUs?: number) => void;
  pan: (byUs: number) => void;
  show: (window: TimeWindow) => void;
  fit: () => void;
}

/** `isMoving`: it looks different with every frame. `zoomed`: not all is shown; grows with changes. */
export function useTimeView(
  source: RunSource,
  outline: Outline | undefined,
): { time: TimeView; isMoving: boolean; isZoomed: boolean; changes: number } {
  const isMoving = (source.tree?.openCount ?? 0) > 0 && !isOver(source);
  /** `atEnd`: its end stays at that of a run that grows. */
  const [zoomed, setZoomed] = useState<{ window: TimeWindow; atEnd: boolean }>();
  const [changes, setChanges] = useState(0);
  const state = useRef({ outline, zoomed, isMoving, nowUs: source.nowUs, atMs: 0 });
  // While rendering: canvases below draw before effects of this component run.
  useMemo(() => {
    state.current = { outline, zoomed, isMoving, nowUs: source.nowUs, atMs: performance.now() };
  }, [outline, zoomed, isMoving, source.nowUs]);

  const time = useMemo((): TimeView => {
    const nowUs = (): number => {
      const { nowUs: known, atMs, isMoving, outline: shown } = state.current;
      if (!isMoving || atMs === 0) return known;
      // What came just now may be of later than the last tick.
      return Math.max(known + (performance.now() - atMs) * 1_000, shown?.newestUs ?? 0);
    };
    const whole = (): TimeWindow => {
      const { outline: shown } = state.current;
      const now = nowUs();
      const startUs = shown?.startUs ?? shown?.newestUs ?? now;
      const newestUs = shown?.newestUs ?? now;
      return fitWindow(
        startUs,
        shown?.newestOpen === undefined ? newestUs : Math.max(now, newestUs),
      );
    };
    const window = (): TimeWindow => {
      const { zoomed: chosen, isMoving } = state.current;
      const all = whole();
      if (chosen === undefined) return all;
      if (!chosen.atEnd || !isMoving) return clampWindow(chosen.window, all);
      return clampWindow({ fromUs: all.toUs - widthUs(chosen.window), toUs: all.toUs }, all);
    };
    const show = (next: TimeWindow): void => {
      const all = whole();
      const isAll = widthUs(next) >= widthUs(all) * 0.995;
      const atEnd = next.toUs >= all.toUs - widthUs(next) * 0.01;
      const chosen = isAll ? undefined : { window: next, atEnd };
      // At once: the next wheel step of this frame goes on from here.
      state.current = { ...state.current, zoomed: chosen };
      setZoomed(chosen);
      setChanges((count) => count + 1);
    };
    return {
      nowUs,
      whole,
      window,
      show,
      zoom: (factor, atUs) => {
        const current = window();
        show(zoomWindow(current, whole(), factor, atUs ?? (current.fromUs + current.toUs) / 2));
      },
      pan: (byUs) => show(panWindow(window(), whole(), byUs)),
      fit: () => show(whole()),
    };
  }, []);
  return { time, isMoving, isZoomed: zoomed !== undefined, changes };
}

/** Wheel with Ctrl (or a pinch) zooms, with Shift or sideways pans; alone it scrolls the rows. */
export function useWheel(
  element: HTMLElement | null,
  time: TimeView,
  /** Where in the element the waterfall begins. */
  leftPx: number,
): void {
  const onWheel = useCallback(
    (event: WheelEvent) => {
      if (element === null) return;
      const { left, width } = element.getBoundingClientRect();
      const waterfallPx = Math.max(width - leftPx, 1);
      const window = time.window();
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const share = (event.clientX - left - leftPx) / waterfallPx;
        const atUs = window.fromUs + widthUs(window) * Math.min(Math.max(share, 0), 1);
        time.zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.01), atUs);
        return;
      }
      const sideways = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
      if (sideways === 0 || Math.abs(sideways) < Math.abs(event.shiftKey ? 0 : event.deltaY))
        return;
      event.preventDefault();
      time.pan((sideways / waterfallPx) * widthUs(window));
    },
    [element, time, leftPx],
  );
  useEffect(() => {
    // React's own listener may not prevent the page from zooming.
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, [element, onWheel]);
}
