import { totalTokens } from '@spantail/protocol';
import type { RunCommit } from '../archive.ts';
import { encodeRow } from '../row/row-codec.ts';
import { hexOf, type RunPlace } from './span-columns.ts';

/** Columns of `runs` that a commit sets, with their types. */
const COLUMNS = {
  project: 'integer',
  trace_id: 'uuid',
  week: 'integer',
  epoch: 'text',
  position: 'text',
  ended: 'boolean',
  over_us: 'bigint',
  name: 'text',
  service: 'text',
  agent: 'text',
  status: 'text',
  session_id: 'text',
  user_id: 'text',
  models: 'text[]',
  tags: 'text[]',
  start_us: 'bigint',
  duration_us: 'bigint',
  tokens: 'bigint',
  input_tokens: 'bigint',
  output_tokens: 'bigint',
  cached_tokens: 'bigint',
  cost_usd: 'double precision',
  span_count: 'bigint',
  error_count: 'bigint',
  activity_us: 'bigint',
  body: 'bytea',
} as const;
const KEY = ['project', 'trace_id', 'week'];

const NAMES = Object.keys(COLUMNS);
const CHANGED = NAMES.filter((name) => !KEY.includes(name));
const RECORDS = `json_to_recordset($1::json) AS rows (${Object.entries(COLUMNS)
  .map(([name, type]) => `${name} ${type}`)
  .join(', ')})`;

/** New runs; answers those that nobody else made meanwhile. */
export const INSERT_RUNS = `
INSERT INTO spantail.runs (${NAMES.join(', ')}, bytes, loose)
SELECT ${NAMES.join(', ')}, 0, 0 FROM ${RECORDS} ORDER BY project, trace_id
ON CONFLICT (project, trace_id) DO NOTHING
RETURNING project, replace(trace_id::text, '-', '') AS trace_id`;

/** Runs that this transaction has locked. */
export const UPDATE_RUNS = `
UPDATE spantail.runs r SET ${CHANGED.map((name) => `${name} = rows.${name}`).join(', ')}
FROM ${RECORDS} WHERE r.project = rows.project AND r.trace_id = rows.trace_id`;

export function runColumns(
  { project, week, traceId }: RunPlace,
  { run, position, ended }: RunCommit,
): Record<keyof typeof COLUMNS, unknown> {
  return {
    project,
    trace_id: traceId,
    week,
    epoch: position.epoch,
    position: position.position,
    ended,
    over_us: run.endUs ?? run.lastActivityUs,
    name: run.name,
    service: run.service,
    agent: run.agent,
    status: run.status,
    session_id: run.sessionId,
    user_id: run.userId,
    models: run.models,
    tags: run.tags,
    start_us: run.startUs,
    duration_us: run.durationUs,
    tokens: totalTokens(run),
    input_tokens: run.inputTokens,
    output_tokens: run.outputTokens,
    cached_tokens: run.cachedInputTokens,
    cost_usd: run.costUsd,
    span_count: run.spanCount,
    error_count: run.errorCount,
    activity_us: run.lastActivityUs,
    body: hexOf(encodeRow(run)),
  };
}
