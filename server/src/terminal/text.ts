import { stripVTControlCharacters } from 'node:util';
import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';

const ASCII = /^[ -~]*$/;

/**
 * Text from an agent as one safe line: escape sequences, control and bidirectional characters could
 * move the cursor, recolour the terminal or make a line read as something else. Invisible
 * characters go too, and stacks of combining marks, which would write over the lines around.
 */
export function oneLine(text: string): string {
  if (ASCII.test(text) && !text.includes('  ')) return text.trim();
  return stripVTControlCharacters(text)
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu, '')
    .replace(/(\p{M}{2})\p{M}+/gu, '$1')
    .replace(/\s{2,}/gu, ' ')
    .trim();
}

/** The beginning of a text as one safe line. A view draws often: it never goes through megabytes. */
export function lineFrom(text: string, characters: number): string {
  return oneLine(text.length > characters ? text.slice(0, characters) : text);
}

/** The end of a text as one safe line. */
export function lineTo(text: string, characters: number): string {
  return oneLine(text.length > characters ? text.slice(-characters) : text);
}

/** Width in terminal columns: wide characters count as two. */
export function widthOf(text: string): number {
  return ASCII.test(text) ? text.length : stringWidth(text);
}

/** Cut at its end to a width in terminal columns. */
export function fit(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (widthOf(text) <= columns) return text;
  return ASCII.test(text) ? `${text.slice(0, columns - 1)}…` : cliTruncate(text, columns);
}

/** Cut at its beginning: what came last counts. */
export function fitEnd(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (widthOf(text) <= columns) return text;
  if (ASCII.test(text)) return columns === 1 ? '…' : `…${text.slice(1 - columns)}`;
  return cliTruncate(text, columns, { position: 'start' });
}

/** `227 µs`, `7 ms`, `12.3 s`, `4 m 05 s`, `2 h 07 m`. */
export function formatDuration(us: number): string {
  const ms = Math.max(0, us) / 1_000;
  if (ms < 1) return `${Math.round(ms * 1_000)} µs`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const two = (value: number): string => String(value).padStart(2, '0');
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3_600)} h ${two(Math.floor((seconds % 3_600) / 60))} m`;
}

/** `812`, `25.4k`, `1.2M`. */
export function formatCount(count: number): string {
  if (count < 1_000) return String(count);
  if (count < 99_950) return `${(count / 1_000).toFixed(1)}k`;
  if (count < 999_500) return `${Math.round(count / 1_000)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}
