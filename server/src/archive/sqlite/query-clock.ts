import type { DatabaseSync } from 'node:sqlite';
import { archiveUnavailable } from '../unavailable.ts';

/** Calls between two looks at the clock. */
const CALLS = 256;

/**
 * Ends queries that take too long. SQLite cannot be interrupted from here, but it asks: queries that
 * may look at many rows call `in_time()` for each of them.
 */
export class QueryClock {
  #timeoutMs = 0;
  #deadlineMs = Number.POSITIVE_INFINITY;
  #calls = 0;

  install(db: DatabaseSync): void {
    db.function('in_time', () => {
      if (++this.#calls % CALLS === 0 && performance.now() > this.#deadlineMs)
        throw queryTooLong(this.#timeoutMs);
      return 1;
    });
  }

  start(timeoutMs: number | undefined): void {
    this.#timeoutMs = timeoutMs ?? 0;
    this.#deadlineMs =
      timeoutMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs;
  }
}

export function queryTooLong(timeoutMs: number) {
  return archiveUnavailable(
    `the query took longer than ${timeoutMs} ms and was ended; narrow it down`,
  );
}
