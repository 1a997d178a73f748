import type { FSWatcher } from 'node:fs';
import { watch } from 'node:fs';
import { pause } from '../player/pause.ts';

/**
 * Tells when something in a folder may have changed. File watching misses changes on some systems
 * and network drives, so a poll backs it.
 */
export class Doorbell {
  readonly #watchers = new Map<string, FSWatcher>();
  #rung = false;
  #wake: (() => void) | undefined;

  /** Watches a folder; does nothing when it is watched already or not there (yet). */
  add(folder: string): void {
    if (this.#watchers.has(folder)) return;
    try {
      const watcher = watch(folder, () => this.#ring());
      // A folder that goes away is noticed when its files are read.
      watcher.on('error', () => this.#remove(folder));
      this.#watchers.set(folder, watcher);
    } catch {
      // Not there or not watchable: the poll remains.
    }
  }

  /** Resolves at a ring since the last wait, behind `pollMs`, or when the signal is aborted. */
  async wait(pollMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung) {
      const woken = new AbortController();
      this.#wake = () => woken.abort();
      await pause(pollMs, AbortSignal.any([signal, woken.signal]));
      this.#wake = undefined;
    }
    this.#rung = false;
  }

  close(): void {
    for (const folder of this.#watchers.keys()) this.#remove(folder);
  }

  #ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  #remove(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }
}
