import type { DatabaseSync } from 'node:sqlite';
import type { StatsQuery, StatsRow } from '../archive.ts';
import { compileFilter } from './compile-filter.ts';
import { runOfId } from './schema.ts';
import { StatsFold } from './stats-fold.ts';

/**
 * Statistics over a project's spans. Percentiles are exact, by nearest rank: durations are gathered
 * and sorted here, 8 bytes each, because SQLite would sort whole rows.
 */
export function findStats(db: DatabaseSync, project: number, query: StatsQuery): StatsRow[] {
  const { filter, by, everyUs, limit } = query;
  const condition =
    filter === undefined
      ? { sql: '1', values: [] }
      : compileFilter(filter, { of: 'span', project });
  const group =
    by === undefined
      ? 'NULL'
      : by === 'service'
        ? `(SELECT service FROM runs WHERE id = ${runOfId('s.id')})`
        : `s.${by}`;
  // Without a filter the table is read from end to end: the plus keeps SQLite from going by an index.
  const owner = filter === undefined ? '+s.project' : 's.project';
  const statement = db.prepare(
    `SELECT ${group}, s.start_us, s.standing, s.duration_us, s.input_tokens, s.output_tokens, s.cost_usd
     FROM spans s
     WHERE ${owner} = ? AND in_time() AND ${runOfId('s.id')} NOT IN (SELECT run FROM buried)
       AND ${condition.sql}`,
  );
  statement.setReturnArrays(true);
  const fold = new StatsFold(everyUs);
  for (const row of statement.iterate(project, ...condition.values))
    fold.add(row as unknown as Parameters<StatsFold['add']>[0]);
  return fold.rows(limit);
}
