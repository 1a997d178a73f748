/**
 * The archive in PostgreSQL, measured like the embedded one, on a server of its own that waits for
 * the disk: `node --conditions=source bench/src/archive-postgres.ts 1000000`.
 */
import { openPostgresArchive } from 'spantail';
import { Client } from 'pg';
import { startPostgres } from '../../test/support/postgres-server.ts';
import { askArchive, fillArchive } from './support/archive-load.ts';
import { machine } from './support/machine.ts';

const SETTINGS = { shared_buffers: '512MB', max_wal_size: '2GB' };

export async function run(spans = 1_000_000): Promise<void> {
  const server = await startPostgres({ fsync: true, settings: SETTINGS });
  try {
    const url = await server.createDatabase();
    const archive = await openPostgresArchive({ url, queryTimeoutMs: 120_000 });
    const traceIds = await fillArchive(archive, spans, () => databaseBytes(url));
    await analyze(url);
    await askArchive(archive, traceIds);
    await archive.close();
  } finally {
    await server.stop();
  }
}

async function databaseBytes(url: string): Promise<number> {
  const [row] = await once(url, 'SELECT pg_database_size(current_database())::float8 AS bytes');
  return Number(row?.['bytes']);
}

/** What autovacuum does some minutes later. */
async function analyze(url: string): Promise<void> {
  await once(url, 'VACUUM ANALYZE');
}

async function once(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

if (import.meta.main) {
  console.log(machine());
  await run(Number(process.argv[2] ?? 1_000_000));
}
