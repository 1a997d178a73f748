import { useRef, useState, type PointerEvent, type ReactNode } from 'react';
import { toUs } from './time-window.ts';
import type { TimeView } from './use-time-view.ts';

/** A press that moves less is none to pull a stretch. */
const PULL_PX = 4;

/** Pulling over the times chooses the stretch that is looked at. */
export function AxisRange({ time, children }: { time: TimeView; children: ReactNode }): ReactNode {
  const axis = useRef<HTMLDivElement>(null);
  /** From where it is pulled to where the pointer is, in pixels. */
  const [pulled, setPulled] = useState<{ fromX: number; toX: number }>();
  const xOf = (event: PointerEvent<HTMLElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(box.width, event.clientX - box.left));
  };
  const end = (): void => {
    setPulled(undefined);
    const width = axis.current?.clientWidth ?? 0;
    if (pulled === undefined || width === 0) return;
    const left = Math.min(pulled.fromX, pulled.toX);
    const right = Math.max(pulled.fromX, pulled.toX);
    if (right - left < PULL_PX) return;
    const window = time.window();
    time.show({ fromUs: toUs(window, width, left), toUs: toUs(window, width, right) });
  };
  return (
    <div
      ref={axis}
      className="axis-range"
      title="Pull over a stretch to look at it, double-click for all"
      onDoubleClick={time.fit}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setPulled({ fromX: xOf(event), toX: xOf(event) });
      }}
      onPointerMove={(event) => {
        if (pulled !== undefined) setPulled({ ...pulled, toX: xOf(event) });
      }}
      onPointerUp={end}
      onPointerCancel={() => setPulled(undefined)}
    >
      {children}
      {pulled !== undefined && (
        <div
          className="axis-pulled"
          style={{
            left: Math.min(pulled.fromX, pulled.toX),
            width: Math.abs(pulled.toX - pulled.fromX),
          }}
        />
      )}
    </div>
  );
}
