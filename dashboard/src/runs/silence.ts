import type { RunRow } from '@spantail/protocol';

const SECOND_US = 1_000_000;

/** From how long a silence on it is said, and how: a model may well think for half a minute. */
const TONES = [
  { tone: 'very-long', fromUs: 600 * SECOND_US },
  { tone: 'long', fromUs: 120 * SECOND_US },
  { tone: 'short', fromUs: 30 * SECOND_US },
] as const;

/** Nothing has come of a run that goes on. */
export interface Silence {
  us: number;
  sinceUs: number;
  tone: (typeof TONES)[number]['tone'];
}

/** @param nowUs by the log's clock, as the last activity is, as far as that is known */
export function silenceOf(
  { status, lastActivityUs }: Pick<RunRow, 'status' | 'lastActivityUs'>,
  nowUs: number,
): Silence | undefined {
  if (status !== 'running') return undefined;
  const us = nowUs - lastActivityUs;
  const found = TONES.find(({ fromUs }) => us >= fromUs);
  return found === undefined ? undefined : { us, sinceUs: lastActivityUs, tone: found.tone };
}
