import { onNextFrame } from '@spantail/client/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** A page's visibility and its frames, which come only while it is shown. */
class FakeScreen extends EventTarget {
  hidden = false;
  readonly #asked = new Map<number, () => void>();
  #last = 0;

  readonly ask = (callback: () => void): number => {
    this.#asked.set(++this.#last, callback);
    return this.#last;
  };

  readonly dismiss = (id: number): void => {
    this.#asked.delete(id);
  };

  draw(): void {
    const all = [...this.#asked.values()];
    this.#asked.clear();
    for (const callback of all) callback();
  }

  turn(hidden: boolean): void {
    this.hidden = hidden;
    this.dispatchEvent(new Event('visibilitychange'));
  }

  get askedCount(): number {
    return this.#asked.size;
  }
}

let screen: FakeScreen;
beforeEach(() => {
  vi.useFakeTimers();
  screen = new FakeScreen();
  vi.stubGlobal('document', screen);
  vi.stubGlobal('requestAnimationFrame', screen.ask);
  vi.stubGlobal('cancelAnimationFrame', screen.dismiss);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('the next frame', () => {
  it('is the next one that is drawn, once', () => {
    const called = vi.fn();
    onNextFrame(called);
    vi.advanceTimersByTime(10_000);
    expect(called).not.toHaveBeenCalled();
    screen.draw();
    screen.draw();
    expect(called).toHaveBeenCalledTimes(1);
  });

  it('comes by the clock when the page is hidden before it was drawn', () => {
    const called = vi.fn();
    onNextFrame(called);
    screen.turn(true);
    expect(screen.askedCount).toBe(0);
    vi.advanceTimersByTime(250);
    expect(called).toHaveBeenCalledTimes(1);
    screen.turn(false);
    screen.draw();
    vi.advanceTimersByTime(10_000);
    expect(called).toHaveBeenCalledTimes(1);
  });

  it('comes with the picture when the page is shown before its time', () => {
    screen.turn(true);
    const called = vi.fn();
    onNextFrame(called);
    vi.advanceTimersByTime(249);
    expect(called).not.toHaveBeenCalled();
    screen.turn(false);
    screen.draw();
    expect(called).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(10_000);
    expect(called).toHaveBeenCalledTimes(1);
  });

  it('does not come once it is taken back, however the page is turned', () => {
    const called = vi.fn();
    const forget = onNextFrame(called);
    screen.turn(true);
    forget();
    screen.turn(false);
    screen.turn(true);
    screen.draw();
    vi.advanceTimersByTime(10_000);
    expect(called).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('comes by the clock where there is no page', () => {
    vi.stubGlobal('document', undefined);
    const called = vi.fn();
    onNextFrame(called);
    vi.advanceTimersByTime(250);
    expect(called).toHaveBeenCalledTimes(1);
    onNextFrame(called)();
    vi.advanceTimersByTime(250);
    expect(called).toHaveBeenCalledTimes(1);
  });
});
