import type { TimeWindow } from './time-window.ts';

export interface Tick {
  atUs: number;
  label: string;
}

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200];
const DAY_S = 86_400;

/** Marks of a time axis at round times since the run's start, no closer than `leastPx`. */
export function timeTicks(
  window: TimeWindow,
  originUs: number,
  width: number,
  leastPx: number,
): Tick[] {
  const { fromUs, toUs } = window;
  if (!(width > 0) || !(toUs > fromUs)) return [];
  const stepUs = roundStep(((toUs - fromUs) / width) * leastPx);
  const ticks: Tick[] = [];
  const first = Math.ceil((fromUs - originUs) / stepUs);
  const last = Math.floor((toUs - originUs) / stepUs);
  for (let i = Math.max(0, first); i <= last; i++)
    ticks.push({ atUs: originUs + i * stepUs, label: formatOffset(i * stepUs, stepUs) });
  return ticks;
}

/** The next larger of 1, 2, 5 × 10ⁿ; above a second as clocks count. */
function roundStep(leastUs: number): number {
  const leastS = leastUs / 1_000_000;
  if (leastS > 0.5) {
    const step = STEPS_S.find((one) => one >= leastS);
    return (step ?? Math.ceil(leastS / DAY_S) * DAY_S) * 1_000_000;
  }
  const power = 10 ** Math.floor(Math.log10(Math.max(leastUs, 1)));
  return ([1, 2, 5].find((one) => one * power >= leastUs) ?? 10) * power;
}

/** Time since the start, as exact as steps of `stepUs` need: `0`, `250 ms`, `1.5 s`, `2:05`. */
export function formatOffset(us: number, stepUs: number): string {
  if (us === 0) return '0';
  const sign = us < 0 ? '−' : '';
  const size = Math.abs(us);
  if (size < 1_000) return `${sign}${Math.round(size)} µs`;
  if (size < 1_000_000) return `${sign}${decimals(size / 1_000, stepUs / 1_000)} ms`;
  const seconds = size / 1_000_000;
  if (seconds < 60) return `${sign}${decimals(seconds, stepUs / 1_000_000)} s`;
  const whole = Math.floor(seconds);
  const minutes = Math.floor(whole / 60);
  const rest = decimals(seconds - minutes * 60, stepUs / 1_000_000);
  const padded = /^\d(\.|$)/.test(rest) ? `0${rest}` : rest;
  if (minutes < 60) return `${sign}${minutes}:${padded}`;
  return `${sign}${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${padded}`;
}

function decimals(value: number, step: number): string {
  const places = step >= 1 ? 0 : Math.min(6, Math.ceil(-Math.log10(step) - 1e-9));
  // Rounding up would make 60 of 59.99.
  const scale = 10 ** places;
  return (Math.floor(value * scale + 1e-7) / scale).toFixed(places);
}
