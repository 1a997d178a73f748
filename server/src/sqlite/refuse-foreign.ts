import type { DatabaseSync } from 'node:sqlite';

interface Known {
  applicationId: number;
  schemaVersion: number;
  refuse: (reason: string) => Error;
}

/**
 * Refuses a file that another application, or a newer version of this one, has written.
 *
 * @throws what `refuse` makes of the reason, which says what to do
 */
export function refuseForeign(
  db: DatabaseSync,
  file: string,
  { applicationId, schemaVersion, refuse }: Known,
): void {
  const version = readPragma(db, 'user_version');
  const application = readPragma(db, 'application_id');
  const tables = db.prepare('SELECT count(*) AS n FROM sqlite_schema').get() as { n: number };
  if (tables.n > 0 && application !== applicationId)
    throw refuse(`${file} is a database of another application; choose another data directory`);
  if (version > schemaVersion)
    throw refuse(
      `${file} was written by a newer Spantail (schema ${version}, this one knows ${schemaVersion}); upgrade, or choose another data directory`,
    );
}

export function readPragma(db: DatabaseSync, name: 'user_version' | 'application_id'): number {
  const row = db.prepare(`PRAGMA ${name}`).get() as Record<string, number>;
  return row[name] ?? 0;
}
