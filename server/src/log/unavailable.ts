import { SpantailError } from '@spantail/protocol';

/** The one error a log's methods reject with while the store does not work. */
export function unavailable(what: string, cause?: unknown): SpantailError {
  if (cause instanceof SpantailError) return cause;
  if (!(cause instanceof Error)) return new SpantailError('LOG_UNAVAILABLE', what);
  return new SpantailError('LOG_UNAVAILABLE', `${what}: ${cause.message}`, { cause });
}
