import { isTraceId, type TraceId } from '@spantail/protocol';
import type { RunSize } from '../archive.ts';
import type { Connection } from './connection.ts';
import { PROJECT_LOCK } from './locks.ts';
import type { Partitions } from './partitions.ts';

/** Runs removed in one transaction: commits wait for it. */
const RUNS_AT_ONCE = 16;

export async function oldestRuns(
  connection: Connection,
  project: number,
  limit: number,
  beforeUs: number | undefined,
): Promise<RunSize[]> {
  const rows = await connection.query<{ trace_id: string; over_us: number; bytes: number }>(
    `SELECT replace(trace_id::text, '-', '') AS trace_id, over_us, bytes FROM spantail.runs
     WHERE project = $1 AND ended AND ($2::float8 IS NULL OR over_us < $2::float8)
     ORDER BY over_us, trace_id LIMIT $3`,
    [project, beforeUs ?? null, limit],
  );
  return rows.map(({ trace_id, over_us, bytes }) => ({ traceId: trace_id, endUs: over_us, bytes }));
}

/** Removes those of the runs that are over. */
export async function removeRuns(
  connection: Connection,
  partitions: Partitions,
  project: number,
  traceIds: readonly TraceId[],
): Promise<number> {
  const ids = [...new Set(traceIds.filter(isTraceId))];
  const weeks = new Set<number>();
  let removed = 0;
  for (let at = 0; at < ids.length; at += RUNS_AT_ONCE) {
    const gone = await removeSome(connection, project, ids.slice(at, at + RUNS_AT_ONCE));
    for (const { week } of gone) weeks.add(week);
    removed += gone.length;
  }
  await partitions.dropEmpty(weeks);
  return removed;
}

function removeSome(connection: Connection, project: number, ids: TraceId[]) {
  return connection.transaction(async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1, $2)', [PROJECT_LOCK, project]);
    const { rows: runs } = await client.query<{ trace_id: string; week: number }>(
      `DELETE FROM spantail.runs WHERE project = $1 AND ended AND trace_id = ANY ($2::uuid[])
       RETURNING trace_id, week`,
      [project, ids],
    );
    const over = [project, runs.map(({ trace_id }) => trace_id)];
    const where = 'WHERE project = $1 AND trace_id = ANY ($2::uuid[])';
    await client.query(`DELETE FROM spantail.spans ${where} AND week = ANY ($3::integer[])`, [
      ...over,
      runs.map(({ week }) => week),
    ]);
    await client.query(`DELETE FROM spantail.segments ${where}`, over);
    await client.query(
      `WITH freed AS (DELETE FROM spantail.blob_runs ${where} RETURNING ref)
       DELETE FROM spantail.blobs b USING (SELECT DISTINCT ref FROM freed) f
       WHERE b.project = $1 AND b.ref = f.ref AND NOT EXISTS (
         SELECT 1 FROM spantail.blob_runs other
         WHERE other.project = $1 AND other.ref = b.ref AND other.trace_id <> ALL ($2::uuid[]))`,
      over,
    );
    return runs;
  });
}

export async function sizeOf(connection: Connection, project: number): Promise<number> {
  const [row] = await connection.query<{ bytes: number }>(
    'SELECT coalesce(sum(bytes), 0)::float8 AS bytes FROM spantail.runs WHERE project = $1',
    [project],
  );
  return row?.bytes ?? 0;
}
