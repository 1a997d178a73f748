import { totalTokens, type RunRow } from '@spantail/protocol';
import type { Column } from './span-columns.ts';

/** Columns a run is found by, in the order of {@link toRunColumns}; `body` is the whole row. */
export const RUN_COLUMNS = [
  'name',
  'service',
  'agent',
  'status',
  'session',
  'user',
  'start_us',
  'duration_us',
  'tokens',
  'input_tokens',
  'output_tokens',
  'cached_tokens',
  'cost_usd',
  'span_count',
  'error_count',
  'activity_us',
  'body',
] as const;

export function toRunColumns(row: RunRow): Column[] {
  return [
    row.name,
    row.service ?? null,
    row.agent ?? null,
    row.status,
    row.sessionId ?? null,
    row.userId ?? null,
    row.startUs,
    row.durationUs ?? null,
    totalTokens(row) ?? null,
    row.inputTokens ?? null,
    row.outputTokens ?? null,
    row.cachedInputTokens ?? null,
    row.costUsd ?? null,
    row.spanCount,
    row.errorCount,
    row.lastActivityUs,
    JSON.stringify(row),
  ];
}

export function fromRunBody(body: string): RunRow {
  return JSON.parse(body) as RunRow;
}
