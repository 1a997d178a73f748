import { onNextFrame } from './next-frame.ts';

/**
 * Calls `show` at most once a frame of the screen, however often it is asked to; in a page that is
 * not shown, where there are no frames, four times a second.
 */
export class Frames {
  readonly #show: () => void;
  #asked: (() => void) | undefined;

  constructor(show: () => void) {
    this.#show = show;
  }

  ask(): void {
    this.#asked ??= onNextFrame(() => {
      this.#asked = undefined;
      this.#show();
    });
  }

  stop(): void {
    this.#asked?.();
    this.#asked = undefined;
  }
}
