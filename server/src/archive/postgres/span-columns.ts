import { searchWords, spanQueryStatus, totalTokens } from '@spantail/protocol';
import type { ArchivedSpan } from '../archive.ts';
import { encodeRow } from '../row/row-codec.ts';
import { lexemesOf } from './lexemes.ts';

/** A run whose spans are written: all of them lie in one partition. */
export interface RunPlace {
  project: number;
  traceId: string;
  week: number;
}

/** Columns of `spans` with their types, in the order of the statement. */
const COLUMNS = {
  project: 'integer',
  week: 'integer',
  trace_id: 'uuid',
  span_id: 'bytea',
  parent_span_id: 'bytea',
  name: 'text',
  type: 'text',
  status: 'text',
  agent: 'text',
  model: 'text',
  provider: 'text',
  session_id: 'text',
  user_id: 'text',
  error_type: 'text',
  start_us: 'bigint',
  duration_us: 'bigint',
  tokens: 'bigint',
  input_tokens: 'bigint',
  output_tokens: 'bigint',
  cached_tokens: 'bigint',
  cost_usd: 'double precision',
  attributes: 'jsonb',
  lexemes: 'text[]',
  words: 'text',
  body: 'bytea',
} as const;
const KEY = ['project', 'trace_id', 'span_id', 'week'];

const NAMES = Object.keys(COLUMNS);
const PICKED = NAMES.map((name) => (name === 'lexemes' ? 'array_to_tsvector(lexemes)' : name));
const CHANGED = NAMES.filter((name) => !KEY.includes(name));

/** Writes the rows of one JSON array: one value to bind, which the server takes apart. */
export const UPSERT_SPANS = `
INSERT INTO spantail.spans (${NAMES.join(', ')})
SELECT ${PICKED.join(', ')} FROM json_to_recordset($1::json)
  AS rows (${Object.entries(COLUMNS)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ')})
ON CONFLICT (${KEY.join(', ')}) DO UPDATE SET
  ${CHANGED.map((name) => `${name} = excluded.${name}`).join(', ')}`;

export function spanColumns(
  { project, week, traceId }: RunPlace,
  { row, searchText }: ArchivedSpan,
): Record<keyof typeof COLUMNS, unknown> {
  const words = searchWords(searchText);
  return {
    project,
    week,
    trace_id: traceId,
    span_id: `\\x${row.spanId}`,
    parent_span_id: row.parentSpanId === undefined ? null : `\\x${row.parentSpanId}`,
    name: row.name,
    type: row.type,
    status: spanQueryStatus(row),
    agent: row.agent,
    model: row.model,
    provider: row.provider,
    session_id: row.sessionId,
    user_id: row.userId,
    error_type: row.error?.type,
    start_us: row.startUs,
    duration_us: row.durationUs,
    tokens: totalTokens(row),
    input_tokens: row.inputTokens,
    output_tokens: row.outputTokens,
    cached_tokens: row.cachedInputTokens,
    cost_usd: row.costUsd,
    attributes: row.attributes,
    lexemes: lexemesOf(words),
    words: words.length === 0 ? '' : ` ${words.join(' ')} `,
    body: hexOf(encodeRow(row)),
  };
}

/** Bytes as PostgreSQL reads them from text. */
export function hexOf(bytes: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = bytes;
  return `\\x${Buffer.from(buffer, byteOffset, byteLength).toString('hex')}`;
}
