import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ReplayClock } from '../../../client/src/replay/replay-clock.ts';

const never = new AbortController().signal;

describe('the clock of a replay', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Whether the moment has come after so much of the viewer's time, and not before. */
  async function comesAfter(reached: Promise<void>, ms: number): Promise<void> {
    const here = vi.fn<() => void>();
    const told = reached.then(here);
    await vi.advanceTimersByTimeAsync(ms - 1);
    expect(here).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await told;
  }

  it('[RP2] passes as fast as it did, times the speed, without adding up errors', async () => {
    const clock = new ReplayClock(10);
    await clock.reach(1_000_000, never);
    await comesAfter(clock.reach(1_001_000, never), 100);
    // A consumer that took its time has less to wait for the next one.
    await vi.advanceTimersByTimeAsync(30);
    await comesAfter(clock.reach(1_002_000, never), 70);
    await clock.reach(1_002_000, never);
    expect(clock.timeMs).toBe(1_002_000);
  });

  it('[RP2] does not wait at `max`', async () => {
    const clock = new ReplayClock('max');
    await clock.reach(0, never);
    await clock.reach(9_999_999_999_999, never);
    expect(clock.timeMs).toBe(9_999_999_999_999);
  });

  it('[RP3] stands still while it is paused', async () => {
    const clock = new ReplayClock(1);
    await clock.reach(0, never);
    const reached = clock.reach(1_000, never);
    await vi.advanceTimersByTimeAsync(400);
    clock.pause();
    expect(clock.paused).toBe(true);
    await vi.advanceTimersByTimeAsync(10_000_000_000);
    expect(clock.timeMs).toBe(400);
    clock.resume();
    await comesAfter(reached, 600);
  });

  it('[RP3] changes its speed in the middle of a wait', async () => {
    const clock = new ReplayClock(1);
    await clock.reach(0, never);
    const reached = clock.reach(10_000, never);
    await vi.advanceTimersByTimeAsync(5_000);
    clock.speed = 100;
    expect(clock.speed).toBe(100);
    await comesAfter(reached, 50);
    const last = clock.reach(1_000_000_000, never);
    await vi.advanceTimersByTimeAsync(10);
    clock.speed = 'max';
    await last;
  });

  it('[RP2] cuts long waits where it is asked to', async () => {
    const clock = new ReplayClock(2, 500);
    await clock.reach(0, never);
    await comesAfter(clock.reach(86_400_000, never), 500);
    await comesAfter(clock.reach(86_400_100, never), 50);
  });

  it('ends a wait when it is aborted', async () => {
    const clock = new ReplayClock(1);
    await clock.reach(0, never);
    const leaving = new AbortController();
    const reached = clock.reach(1_000, leaving.signal);
    leaving.abort();
    await reached;
    expect(vi.getTimerCount()).toBe(0);
  });
});
