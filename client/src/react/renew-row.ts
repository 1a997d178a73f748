import type { RunRow, RunSummary } from '@spantail/protocol';

/** A run as the record has it, with what the feed knows later: either may be behind the other. */
export function renewRow(row: RunRow, summary: RunSummary | undefined): RunRow {
  if (summary === undefined || summary.lastActivityUs < row.lastActivityUs) return row;
  // The end may be told without anything new in the log.
  const isSameAge = summary.lastActivityUs === row.lastActivityUs;
  if (isSameAge && (row.endUs !== undefined || summary.endUs === undefined)) return row;
  const { currentStep: _step, endUs: _end, durationUs: _duration, ...rest } = row;
  const { revision: _revision, ...news } = summary;
  return {
    ...rest,
    ...news,
    ...(summary.endUs === undefined ? {} : { durationUs: summary.endUs - summary.startUs }),
  };
}
