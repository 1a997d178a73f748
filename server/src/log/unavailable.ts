import { SpantailError } from '@spantail/protocol';

/** The one error a log's methods reject with while the store does not work. */
export function unavailable(what: string, cause?: unknown): SpantailError {
  if (cause instanceof SpantailError) return cause;
  const why =
    cause === undefined ? '' : `: ${cause instanceof Error ? cause.message : String(cause)}`;
  return new SpantailError(
    'LOG_UNAVAILABLE',
    `${what}${why}`,
    cause === undefined ? {} : { cause },
  );
}
