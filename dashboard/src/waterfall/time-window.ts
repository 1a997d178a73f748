/** The stretch of time that is drawn, in microseconds since the epoch. */
export interface TimeWindow {
  fromUs: number;
  toUs: number;
}

/** So that even a run of one instant has a width. */
const LEAST_US = 100;
/** Room behind the newest, so that its label and the pulse of what is open are seen. */
const TAIL_SHARE = 0.06;

/** All of a run. */
export function fitWindow(startUs: number, endUs: number): TimeWindow {
  const span = Math.max(endUs - startUs, LEAST_US);
  return { fromUs: startUs - span * 0.005, toUs: startUs + span * (1 + TAIL_SHARE) };
}

export function widthUs({ fromUs, toUs }: TimeWindow): number {
  return toUs - fromUs;
}

/** `factor` below 1 shows less time. What is at `atUs` stays where it is. */
export function zoomWindow(
  window: TimeWindow,
  whole: TimeWindow,
  factor: number,
  atUs: number,
): TimeWindow {
  const width = Math.min(Math.max(widthUs(window) * factor, LEAST_US), widthUs(whole));
  const share = (atUs - window.fromUs) / widthUs(window);
  return clampWindow({ fromUs: atUs - width * share, toUs: atUs + width * (1 - share) }, whole);
}

export function panWindow(window: TimeWindow, whole: TimeWindow, byUs: number): TimeWindow {
  return clampWindow({ fromUs: window.fromUs + byUs, toUs: window.toUs + byUs }, whole);
}

/** Inside of the whole, with its width kept. */
export function clampWindow(window: TimeWindow, whole: TimeWindow): TimeWindow {
  const width = Math.min(widthUs(window), widthUs(whole));
  const fromUs = Math.min(Math.max(window.fromUs, whole.fromUs), whole.toUs - width);
  return { fromUs, toUs: fromUs + width };
}

/** Moved just so far that a stretch is seen, its start first. */
export function revealInWindow(
  window: TimeWindow,
  whole: TimeWindow,
  startUs: number,
  endUs: number,
): TimeWindow {
  if (endUs >= window.fromUs && startUs <= window.toUs) return window;
  return panWindow(window, whole, startUs - window.fromUs - widthUs(window) * 0.1);
}

export function toX({ fromUs, toUs }: TimeWindow, width: number, atUs: number): number {
  return ((atUs - fromUs) / (toUs - fromUs)) * width;
}

export function toUs({ fromUs, toUs: endUs }: TimeWindow, width: number, x: number): number {
  return fromUs + (x / width) * (endUs - fromUs);
}
