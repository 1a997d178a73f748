import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import { SpantailError } from '@spantail/protocol';
import type { Connection } from './connection.ts';

const MIGRATIONS = fileURLToPath(new URL('../../../migrations', import.meta.url));
const OLDEST_VERSION = 140_000;
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** Brings the schema `spantail` up to date; whoever comes at the same time waits. */
export async function migrate(connection: Connection): Promise<void> {
  await connection.withClient(async (client) => {
    const { rows } = await client.query<{ server_version_num: string; server_version: string }>(
      `SELECT current_setting('server_version_num') AS server_version_num,
              current_setting('server_version') AS server_version`,
    );
    const [version] = rows;
    if (Number(version?.server_version_num) < OLDEST_VERSION)
      throw new SpantailError(
        'ARCHIVE_UNAVAILABLE',
        `${connection.where} is version ${version?.server_version}; 14 or newer is needed`,
      );
    await runner({
      dbClient: client,
      dir: MIGRATIONS,
      direction: 'up',
      schema: 'spantail',
      createSchema: true,
      migrationsSchema: 'spantail',
      migrationsTable: 'migrations',
      advisoryLockMode: 'wait',
      checkOrder: true,
      logger: SILENT,
    });
  });
}
