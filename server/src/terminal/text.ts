import { stripVTControlCharacters } from 'node:util';
import cliTruncate from 'cli-truncate';

/**
 * Text from an agent as one safe line: escape sequences, control and bidirectional characters could
 * move the cursor, recolour the terminal or make a line read as something else.
 */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/\p{Cf}+/gu, '')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** Cut to a width in terminal columns, wide characters counted as two. */
export function fit(text: string, columns: number): string {
  return columns <= 0 ? '' : cliTruncate(text, columns);
}

/** `0.4 s`, `12.3 s`, `4 m 05 s`, `2 h 07 m`. */
export function formatDuration(us: number): string {
  const seconds = Math.max(0, us) / 1_000_000;
  if (seconds < 0.001) return `${Math.round(seconds * 1_000_000)} µs`;
  if (seconds < 1) return `${Math.round(seconds * 1_000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3_600)} h ${two((seconds % 3_600) / 60)} m`;
}
