import { describe, expect, it } from 'vitest';
import { formatOffset, timeTicks } from '../../../../dashboard/src/waterfall/time-axis.ts';
import {
  clampWindow,
  fitWindow,
  panWindow,
  toUs,
  toX,
  widthUs,
  zoomWindow,
} from '../../../../dashboard/src/waterfall/time-window.ts';

const whole = { fromUs: 1_000, toUs: 11_000 };

describe('the stretch of time that is looked at', () => {
  it('zooms round what is under the pointer', () => {
    const closer = zoomWindow(whole, whole, 0.5, 3_500);
    expect(widthUs(closer)).toBe(5_000);
    expect(toX(closer, 800, 3_500)).toBeCloseTo(toX(whole, 800, 3_500));
  });

  it('never leaves the run, nor shows more than it', () => {
    expect(zoomWindow({ fromUs: 2_000, toUs: 3_000 }, whole, 1e6, 2_500)).toEqual(whole);
    expect(panWindow({ fromUs: 2_000, toUs: 3_000 }, whole, -9e9)).toEqual({
      fromUs: 1_000,
      toUs: 2_000,
    });
    expect(clampWindow({ fromUs: 20_000, toUs: 21_000 }, whole)).toEqual({
      fromUs: 10_000,
      toUs: 11_000,
    });
  });

  it('has a width even for a run of one instant', () => {
    expect(widthUs(fitWindow(5, 5))).toBeGreaterThan(50);
    expect(widthUs(zoomWindow(whole, whole, 0, 2_000))).toBe(100);
  });

  it('goes from time to place and back', () => {
    expect(toUs(whole, 640, toX(whole, 640, 4_321))).toBeCloseTo(4_321);
  });
});

describe('the time axis', () => {
  it('has marks at round times since the start', () => {
    const ticks = timeTicks({ fromUs: 0, toUs: 10_000_000 }, 0, 1_000, 90);
    expect(ticks.map(({ label }) => label)).toEqual([
      '0',
      ...Array.from({ length: 10 }, (_, i) => `${i + 1} s`),
    ]);
  });

  it('has none before the start, nor closer than asked for', () => {
    const originUs = 1_764_000_000_000_000;
    const window = { fromUs: originUs - 5_000, toUs: originUs + 195_000 };
    const ticks = timeTicks(window, originUs, 700, 90);
    expect(ticks[0]).toEqual({ atUs: originUs, label: '0' });
    const places = ticks.map(({ atUs }) => toX(window, 700, atUs));
    for (const [i, x] of places.entries())
      if (i > 0) expect(x - (places[i - 1] ?? 0)).toBeGreaterThanOrEqual(90);
  });

  it('is as exact as its steps', () => {
    expect(formatOffset(1_500_000, 500_000)).toBe('1.5 s');
    expect(formatOffset(250, 50)).toBe('250 µs');
    expect(formatOffset(125_000_000, 5_000_000)).toBe('2:05');
    expect(formatOffset(3_725_000_000, 5_000_000)).toBe('1:02:05');
    expect(formatOffset(59_999_999, 1_000_000)).toBe('59 s');
    expect(formatOffset(-20_000, 10_000)).toBe('−20 ms');
  });
});
