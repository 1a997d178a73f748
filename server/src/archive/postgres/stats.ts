import type { StatsGroup, StatsQuery, StatsRow } from '../archive.ts';
import { FilterCompiler, Parameters } from './compile-filter.ts';
import type { Connection } from './connection.ts';
import { inByteOrder, shownText } from './stored-text.ts';

const GROUPS: Record<StatsGroup, string> = {
  agent: 's.agent',
  model: 's.model',
  name: 's.name',
  type: 's.type',
  service: 'r.service',
};

interface FiguresRow {
  name: string | null;
  slot: number | null;
  count: number;
  errors: number;
  percentiles: (string | null)[] | null;
  input: number;
  output: number;
  cost: number;
}

export async function readStats(
  connection: Connection,
  project: number,
  query: StatsQuery,
): Promise<StatsRow[]> {
  const parameters = new Parameters();
  const rows = await connection.query<FiguresRow>(
    statement(project, query, parameters),
    parameters.values,
  );
  return rows.map(toStats);
}

function statement(project: number, query: StatsQuery, parameters: Parameters): string {
  const { by, everyUs, filter, limit } = query;
  const name = by === undefined ? 'NULL::text' : GROUPS[by];
  const every = everyUs === undefined ? undefined : parameters.add(everyUs, 'bigint');
  const slot = every === undefined ? 'NULL::bigint' : `s.start_us / ${every} * ${every}`;
  const runs =
    by === 'service'
      ? 'LEFT JOIN spantail.runs r ON r.project = s.project AND r.trace_id = s.trace_id'
      : '';
  const conditions = [`s.project = ${parameters.add(project, 'integer')}`];
  if (filter !== undefined)
    conditions.push(new FilterCompiler('span', project, parameters).compile(filter));
  const largestFirst = `count(*) DESC, ${inByteOrder('name')} NULLS LAST`;
  // Without groups there is one, whatever the limit.
  const atMost = by === undefined ? '' : `LIMIT ${parameters.add(limit, 'bigint')}`;
  // Over time it is the groups that are limited, not their slots.
  const sliced = by !== undefined && every !== undefined;
  const largest = sliced
    ? `, largest AS (SELECT name AS top FROM matching GROUP BY name ORDER BY ${largestFirst} ${atMost})`
    : '';
  const among = sliced
    ? `JOIN largest ON (name IS NULL) = (top IS NULL) AND coalesce(name, '') = coalesce(top, '')`
    : '';
  return `
    WITH matching AS (
      SELECT ${name} AS name, ${slot} AS slot, s.duration_us, s.status,
             s.input_tokens, s.output_tokens, s.cost_usd
      FROM spantail.spans s ${runs} WHERE ${conditions.join(' AND ')}
    )${largest}
    SELECT name, slot, count(*) AS count,
      count(*) FILTER (WHERE status IN ('error', 'lost')) AS errors,
      percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY duration_us) AS percentiles,
      coalesce(sum(input_tokens), 0)::float8 AS input,
      coalesce(sum(output_tokens), 0)::float8 AS output,
      coalesce(sum(cost_usd), 0) AS cost
    FROM matching ${among} GROUP BY name, slot
    ORDER BY slot NULLS LAST, ${largestFirst} ${every === undefined ? atMost : ''}`;
}

function toStats(row: FiguresRow): StatsRow {
  const stats: StatsRow = {
    count: row.count,
    errors: row.errors,
    inputTokens: row.input,
    outputTokens: row.output,
    costUsd: row.cost,
  };
  if (row.name !== null) stats.group = shownText(row.name);
  if (row.slot !== null) stats.slotUs = row.slot;
  const [p50, p95, p99] = row.percentiles ?? [];
  if (p50 !== null && p50 !== undefined) stats.p50Us = Number(p50);
  if (p95 !== null && p95 !== undefined) stats.p95Us = Number(p95);
  if (p99 !== null && p99 !== undefined) stats.p99Us = Number(p99);
  return stats;
}
