import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Archive } from './archive.ts';
import { archiveUnavailable } from './unavailable.ts';

/**
 * Opens the archive at a place: `postgres://…`, or the path of an SQLite file, which one process
 * uses alone.
 *
 * @throws SpantailError ARCHIVE_UNAVAILABLE
 */
export async function openArchive(place: string): Promise<Archive> {
  // Each brings its own driver; only one of them is ever needed.
  if (isPostgresUrl(place)) {
    const { openPostgresArchive } = await import('./postgres/postgres-archive.ts');
    return openPostgresArchive({ url: place });
  }
  const file = resolve(place);
  try {
    mkdirSync(dirname(file), { recursive: true });
  } catch (cause) {
    throw archiveUnavailable(`cannot make the directory of ${file}`, cause);
  }
  const { openSqliteArchive } = await import('./sqlite/sqlite-archive.ts');
  return openSqliteArchive({ file });
}

export function isPostgresUrl(place: string): boolean {
  return /^postgres(ql)?:\/\//.test(place);
}
