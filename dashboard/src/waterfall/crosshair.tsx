import { useEffect, useRef, type ReactNode } from 'react';
import { formatOffset } from './time-axis.ts';
import { toUs, widthUs } from './time-window.ts';
import type { TimeView } from './use-time-view.ts';

/** While times go by themselves, what stands under a pointer that rests is another one by then. */
const AGAIN_MS = 200;

/** A line under the pointer with the time there. Moved without React: it goes with each move. */
export function Crosshair({
  host,
  time,
  leftPx,
  originUs,
  isMoving,
  changes,
}: {
  host: HTMLElement | null;
  time: TimeView;
  leftPx: number;
  originUs: number;
  /** Times go by themselves. */
  isMoving: boolean;
  /** Another one when another stretch is looked at. */
  changes: string;
}): ReactNode {
  const line = useRef<HTMLDivElement>(null);
  const label = useRef<HTMLSpanElement>(null);
  /** Where the pointer is; `undefined`: elsewhere. */
  const pointerX = useRef<number>(undefined);
  const again = useRef(() => {});
  useEffect(() => {
    if (host === null) return undefined;
    const hide = (): void => {
      if (line.current !== null) line.current.hidden = true;
    };
    const place = (clientX: number): void => {
      if (line.current === null || label.current === null) return;
      const box = host.getBoundingClientRect();
      const x = clientX - box.left - leftPx;
      const width = box.width - leftPx;
      if (x < 0 || x > width) return hide();
      const window = time.window();
      line.current.hidden = false;
      line.current.style.transform = `translateX(${leftPx + x}px)`;
      label.current.textContent = formatOffset(
        toUs(window, width, x) - originUs,
        (widthUs(window) / width) * 2,
      );
      label.current.dataset['side'] = x > width - 90 ? 'left' : 'right';
    };
    const move = ({ clientX }: PointerEvent): void => {
      pointerX.current = clientX;
      place(clientX);
    };
    const leave = (): void => {
      pointerX.current = undefined;
      hide();
    };
    again.current = () => {
      if (pointerX.current !== undefined) place(pointerX.current);
    };
    host.addEventListener('pointermove', move);
    host.addEventListener('pointerleave', leave);
    const observer = new ResizeObserver(() => again.current());
    observer.observe(host);
    return () => {
      observer.disconnect();
      host.removeEventListener('pointermove', move);
      host.removeEventListener('pointerleave', leave);
    };
  }, [host, time, leftPx, originUs]);
  useEffect(() => again.current(), [changes, leftPx, originUs]);
  useEffect(() => {
    if (!isMoving) return undefined;
    const timer = setInterval(() => again.current(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [isMoving]);
  return (
    <div ref={line} className="crosshair" hidden aria-hidden>
      <span ref={label} />
    </div>
  );
}
