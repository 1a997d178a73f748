import { spanQueryStatus, toHex, totalTokens, type SpanRow } from '@spantail/protocol';
import { decompress } from '../compress.ts';
import { unpackCopies } from './pack.ts';

/** Values as node:sqlite binds and gives them. */
export type Column = string | number | Uint8Array | null;

/** Columns that hold a span, in the order of {@link toSpanColumns}. */
export const SPAN_COLUMNS = [
  'trace',
  'span',
  'parent',
  'name',
  'type',
  'standing',
  'agent',
  'model',
  'provider',
  'session',
  'user',
  'error',
  'start_us',
  'duration_us',
  'tokens',
  'input_tokens',
  'output_tokens',
  'cached_tokens',
  'cost_usd',
  'attributes',
  'body',
] as const;

/** Place of a column in a row. */
export function spanColumn(name: (typeof SPAN_COLUMNS)[number]): number {
  return SPAN_COLUMNS.indexOf(name);
}

const BODY = spanColumn('body');

/** What has no column, in short: defaults are left out. */
export type SpanBody = Partial<
  Pick<
    SpanRow,
    | 'state'
    | 'status'
    | 'endUs'
    | 'reasoningTokens'
    | 'error'
    | 'input'
    | 'output'
    | 'outputText'
    | 'logs'
    | 'links'
  >
>;

/** A span as the table has it, but for its body, which the writer packs. */
export function toSpanColumns(row: SpanRow): { columns: Column[]; body: SpanBody } {
  const body: SpanBody = { state: row.state, status: row.status };
  if (row.endUs !== undefined) body.endUs = row.endUs;
  if (row.reasoningTokens !== undefined) body.reasoningTokens = row.reasoningTokens;
  if (row.error !== undefined) body.error = row.error;
  if (row.input !== undefined) body.input = row.input;
  if (row.output !== undefined) body.output = row.output;
  if (row.outputText !== '') body.outputText = row.outputText;
  if (row.logs.length > 0) body.logs = row.logs;
  if (row.links.length > 0) body.links = row.links;
  const columns = [
    bytesOf(row.traceId),
    bytesOf(row.spanId),
    row.parentSpanId === undefined ? null : bytesOf(row.parentSpanId),
    row.name,
    row.type,
    spanQueryStatus(row),
    row.agent ?? null,
    row.model ?? null,
    row.provider ?? null,
    row.sessionId ?? null,
    row.userId ?? null,
    row.error?.type ?? null,
    row.startUs ?? null,
    row.durationUs ?? null,
    totalTokens(row) ?? null,
    row.inputTokens ?? null,
    row.outputTokens ?? null,
    row.cachedInputTokens ?? null,
    row.costUsd ?? null,
    JSON.stringify(row.attributes),
  ];
  return { columns, body };
}

/** Rows as they lie in the table, as {@link fromSpanColumns} takes them. */
export function openBodies(rows: Column[][]): Column[][] {
  for (const row of rows) row[BODY] = decompress(row[BODY] as Uint8Array);
  return rows;
}

/** The same span again. */
export function fromSpanColumns(columns: readonly Column[]): SpanRow {
  const [trace, span, parent, name, type, , agent, model, provider, session, user] = columns;
  const [startUs, durationUs, , inputTokens, outputTokens, cachedInputTokens, costUsd] =
    columns.slice(12);
  const body = unpackCopies(columns[20] as Uint8Array) as SpanBody;
  const row = {
    ...body,
    traceId: toHex(trace as Uint8Array),
    spanId: toHex(span as Uint8Array),
    name,
    type,
    attributes: JSON.parse(columns[19] as string) as SpanRow['attributes'],
    outputText: body.outputText ?? '',
    logs: body.logs ?? [],
    links: body.links ?? [],
  } as SpanRow;
  if (parent !== null) row.parentSpanId = toHex(parent as Uint8Array);
  const known = {
    agent,
    model,
    provider,
    sessionId: session,
    userId: user,
    startUs,
    durationUs,
    inputTokens,
    outputTokens,
    cachedInputTokens,
    costUsd,
  };
  for (const [key, value] of Object.entries(known))
    if (value !== null) Object.assign(row, { [key]: value });
  return row;
}

/** Bytes of an id; ids of the wrong form were refused long before. */
export function bytesOf(id: string): Uint8Array {
  return Buffer.from(id, 'hex');
}
