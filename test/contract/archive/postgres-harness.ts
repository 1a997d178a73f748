import { afterAll, onTestFinished } from 'vitest';
import { openPostgresArchive } from '../../../server/src/archive/postgres/postgres-archive.ts';
import { startPostgres, type PostgresServer } from '../../support/postgres-server.ts';
import type { ArchiveHarness } from './archives.ts';

/** One server a test file, started by the first test that needs it; a database a test. */
let server: Promise<PostgresServer> | undefined;

export function postgresServer(): Promise<PostgresServer> {
  return (server ??= startPostgres());
}

afterAll(async () => {
  await (await server)?.stop();
});

export const postgresHarness: ArchiveHarness = {
  name: 'the archive in PostgreSQL',
  open: async () => {
    const url = await (await postgresServer()).createDatabase();
    const archive = await openPostgresArchive({ url });
    onTestFinished(() => archive.close());
    return archive;
  },
};
