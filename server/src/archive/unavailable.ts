import { SpantailError } from '@spantail/protocol';

/** The one error an archive's methods reject with while the store does not work. */
export function archiveUnavailable(what: string, cause?: unknown): SpantailError {
  if (cause instanceof SpantailError) return cause;
  if (!(cause instanceof Error)) return new SpantailError('ARCHIVE_UNAVAILABLE', what);
  return new SpantailError('ARCHIVE_UNAVAILABLE', `${what}: ${cause.message}`, { cause });
}
