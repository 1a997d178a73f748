export interface BackoffOptions {
  /** Upper bound of the first wait. Default 250. */
  baseMs?: number;
  /** Upper bound of any wait. Default 15,000. */
  maxMs?: number;
}

/**
 * Full jitter: uniform in [0, min(max, base · 2^attempt)). Spreads a crowd of clients after a
 * gateway restart better than equal steps (AWS Architecture Blog, "Exponential Backoff And Jitter").
 *
 * @param attempt failures so far, from 0
 * @param random uniform in [0, 1)
 */
export function backoffMs(attempt: number, random: number, options: BackoffOptions = {}): number {
  const { baseMs = 250, maxMs = 15_000 } = options;
  return Math.floor(random * Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 30)));
}
