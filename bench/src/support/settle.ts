import { pause } from './clock.ts';

/** Waits until `done`, looking often; fails after a minute. */
export async function until(done: () => boolean, what: string): Promise<void> {
  const deadlineMs = performance.now() + 60_000;
  while (!done()) {
    if (performance.now() > deadlineMs) throw new Error(`waited a minute for ${what}`);
    await pause(5);
  }
}
