import type { RunSummary } from '../wire/message.ts';
import type { RunRow } from './run-row.ts';

/** What the feed says of a run. `revision` grows with every summary of it. */
export function toRunSummary(row: RunRow, revision: number): RunSummary {
  const { traceId, name, service, status, startUs, endUs, lastActivityUs, currentStep } = row;
  const { spanCount, openCount, errorCount, inputTokens, outputTokens, costUsd } = row;
  return {
    traceId,
    name,
    ...(service === undefined ? {} : { service }),
    status,
    startUs,
    ...(endUs === undefined ? {} : { endUs }),
    lastActivityUs,
    ...(currentStep === undefined ? {} : { currentStep }),
    spanCount,
    openCount,
    errorCount,
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(costUsd === undefined ? {} : { costUsd }),
    revision,
  };
}
