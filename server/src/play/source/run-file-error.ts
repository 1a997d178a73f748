import { SpantailError } from '@spantail/protocol';

/**
 * A file that cannot be played. The message names the file, the place in it and what to do.
 *
 * @param place `line 12`, `line 1, column 300`, or `''` when the whole file is meant
 */
export function runFileError(
  file: string,
  place: string,
  problem: string,
  options?: ErrorOptions,
): SpantailError {
  const where = place === '' ? file : `${file}, ${place}`;
  return new SpantailError('BAD_MESSAGE', `${where}: ${problem}`, options);
}

/** What to do about a file whose end is missing. */
export const HALF_WRITTEN =
  'the file is cut off here (half-written?); play it when its writer has finished, or take a complete copy';
