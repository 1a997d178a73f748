/** Longest wait a timer can hold. */
const MAX_TIMER_MS = 2_147_483_647;

/** Waits; resolves early when the signal is aborted. Never rejects. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(ms, MAX_TIMER_MS));
    signal?.addEventListener('abort', done, { once: true });
  });
}

/** Waits until a clock (milliseconds) shows a time. Timers may fire early, so it looks again. */
export async function pauseUntil(
  timeMs: number,
  now: () => number,
  signal?: AbortSignal,
): Promise<void> {
  for (;;) {
    const ms = timeMs - now();
    if (ms <= 0 || signal?.aborted === true) return;
    await pause(Math.ceil(ms), signal);
  }
}
