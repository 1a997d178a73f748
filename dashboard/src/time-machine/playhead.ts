import type { RunLog } from './run-log.ts';

/** Where playing stands between a log's events, and how fast it goes. */
export class Playhead {
  readonly #log: RunLog;
  #placeMs = 0;
  /** When it was moved last, by this machine's clock. */
  #atMs: number | undefined;
  #playing = false;
  speed = 1;
  skipWaits = true;

  constructor(log: RunLog) {
    this.#log = log;
  }

  get playing(): boolean {
    return this.#playing;
  }

  /** How far from the log's beginning it stands, on the scrubber's scale. */
  get placeMs(): number {
    return this.#placeMs;
  }

  play(): void {
    this.#playing = true;
    this.#atMs = undefined;
  }

  pause(): void {
    this.#playing = false;
  }

  /** On the last of so many events. */
  place(count: number): void {
    this.#placeMs = count === 0 ? 0 : this.#log.placeMs(count - 1, this.skipWaits);
    this.#atMs = undefined;
  }

  placeAt(placeMs: number): void {
    this.#placeMs = placeMs;
    this.#atMs = undefined;
  }

  /** Moves on to now; answers how many events lie behind it then. */
  advance(nowMs: number): number {
    const passedMs = this.#atMs === undefined ? 0 : nowMs - this.#atMs;
    this.#atMs = nowMs;
    const lengthMs = this.#log.lengthMs(this.skipWaits);
    this.#placeMs = Math.min(lengthMs, this.#placeMs + passedMs * this.speed);
    return this.#log.countAtPlace(this.#placeMs, this.skipWaits);
  }

  /** Its moment by the log's clock, when so many events are shown. */
  momentMs(count: number): number {
    return this.#log.momentMs(count, this.#placeMs, this.skipWaits);
  }
}
