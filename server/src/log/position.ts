/** An entry ID `<ms>-<seq>` in numbers, as tables keep it. */
export interface Position {
  ms: number;
  seq: number;
}

export const ZERO: Position = { ms: 0, seq: 0 };

export function formatPosition({ ms, seq }: Position): string {
  return `${ms}-${seq}`;
}

/** The text is an entry ID; anything else was refused before it came to a log. */
export function parsePosition(text: string): Position {
  const [ms = '0', seq = '0'] = text.split('-');
  return { ms: Number(ms), seq: Number(seq) };
}

/** The next ID: now, or just behind the last one while the clock has not moved on (or went back). */
export function nextPosition(last: Position, nowMs: number): Position {
  return nowMs > last.ms ? { ms: nowMs, seq: 0 } : { ms: last.ms, seq: last.seq + 1 };
}
