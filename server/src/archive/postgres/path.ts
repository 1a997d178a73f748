import type { SpanRow } from '@spantail/protocol';
import { decodeSpanRow } from '../row/row-codec.ts';
import type { Connection } from './connection.ts';
import type { RunPlace } from './span-columns.ts';

/** From the span up; each span once, should its parents go round in a circle. */
export async function readPath(
  connection: Connection,
  { project, traceId, week }: RunPlace,
  spanId: string,
): Promise<SpanRow[]> {
  // UNION drops what it has had: so a circle ends.
  const rows = await connection.query<{ body: Buffer }>(
    `WITH RECURSIVE up AS (
       SELECT span_id, parent_span_id FROM spantail.spans
       WHERE project = $1 AND trace_id = $2 AND week = $3 AND span_id = $4::bytea
       UNION
       SELECT s.span_id, s.parent_span_id FROM up
       JOIN spantail.spans s ON s.project = $1 AND s.trace_id = $2 AND s.week = $3
         AND s.span_id = up.parent_span_id
     )
     SELECT s.body FROM up JOIN spantail.spans s
       ON s.project = $1 AND s.trace_id = $2 AND s.week = $3 AND s.span_id = up.span_id`,
    [project, traceId, week, Buffer.from(spanId, 'hex')],
  );
  const spans = new Map(
    rows.map(({ body }) => decodeSpanRow(body)).map((row) => [row.spanId, row]),
  );
  const path: SpanRow[] = [];
  for (let row = spans.get(spanId); row !== undefined;) {
    path.push(row);
    spans.delete(row.spanId);
    row = row.parentSpanId === undefined ? undefined : spans.get(row.parentSpanId);
  }
  return path;
}
