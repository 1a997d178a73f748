import { useEffect, useRef, type ReactNode } from 'react';
import { formatOffset } from './time-axis.ts';
import { toUs, widthUs } from './time-window.ts';
import type { TimeView } from './use-time-view.ts';

/** A line under the pointer with the time there. Moved without React: it goes with each move. */
export function Crosshair({
  host,
  time,
  leftPx,
  originUs,
}: {
  host: HTMLElement | null;
  time: TimeView;
  leftPx: number;
  originUs: number;
}): ReactNode {
  const line = useRef<HTMLDivElement>(null);
  const label = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (host === null) return undefined;
    const hide = (): void => {
      if (line.current !== null) line.current.hidden = true;
    };
    const move = ({ clientX }: PointerEvent): void => {
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
    host.addEventListener('pointermove', move);
    host.addEventListener('pointerleave', hide);
    return () => {
      host.removeEventListener('pointermove', move);
      host.removeEventListener('pointerleave', hide);
    };
  }, [host, time, leftPx, originUs]);
  return (
    <div ref={line} className="crosshair" hidden aria-hidden>
      <span ref={label} />
    </div>
  );
}
