import { describe, expect, it } from 'vitest';
import { RunClock } from '../../../../dashboard/src/run/run-clock.ts';

const SECOND_US = 1_000_000;

describe('the clock of a run', () => {
  it('is the clock of this machine, as long as the agent has about the same', () => {
    const clock = new RunClock();
    clock.observe(100 * SECOND_US, 100 * SECOND_US, true);
    clock.observe(101 * SECOND_US, 101.2 * SECOND_US, true);
    expect(clock.nowUs(110 * SECOND_US)).toBe(110 * SECOND_US);
  });

  it("is the agent's when that is minutes behind or ahead", () => {
    for (const skewUs of [-180 * SECOND_US, 180 * SECOND_US]) {
      const clock = new RunClock();
      clock.observe(500 * SECOND_US + skewUs, 500 * SECOND_US, true);
      clock.observe(502 * SECOND_US + skewUs, 502 * SECOND_US, true);
      expect(clock.nowUs(510 * SECOND_US)).toBe(510 * SECOND_US + skewUs);
    }
  });

  it('does not take what was long ago for a clock that is behind', () => {
    const clock = new RunClock();
    clock.observe(10 * SECOND_US, 500 * SECOND_US, false);
    clock.observe(20 * SECOND_US, 500 * SECOND_US, false);
    expect(clock.nowUs(501 * SECOND_US)).toBe(501 * SECOND_US);
  });

  it('is never before the newest that is known', () => {
    const clock = new RunClock();
    clock.observe(900 * SECOND_US, 500 * SECOND_US, false);
    expect(clock.nowUs(501 * SECOND_US)).toBe(900 * SECOND_US);
  });
});
