import { DatabaseSync } from 'node:sqlite';
import { matchesPattern } from '@spantail/protocol';
import { explainOpenError } from '../../sqlite/explain.ts';
import { readPragma, refuseForeign } from '../../sqlite/refuse-foreign.ts';
import { archiveUnavailable } from '../unavailable.ts';
import { APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION } from './schema.ts';
import { transaction } from './transaction.ts';

/**
 * Takes an archive for this process alone, until the lock is closed or the process dies. A file of
 * its own, because the archive itself is open more than once: readers beside the writer.
 *
 * @throws SpantailError ARCHIVE_UNAVAILABLE naming the file and what to do
 */
export function lockArchive(file: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(`${file}-lock`);
    lock.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    throw archiveUnavailable(explainOpenError('archive', file, error), error);
  }
}

/**
 * Opens the archive for writing, made or brought to this version when it has to be.
 *
 * WAL with synchronous=NORMAL: what was committed survives any crash of the process, kill -9
 * included, because the operating system has the pages; a power cut may take the last moments, of
 * which the log has a copy as long as it is not trimmed.
 *
 * @throws SpantailError ARCHIVE_UNAVAILABLE naming the file and what to do
 */
export function openForWriting(file: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file);
    db.exec('PRAGMA busy_timeout = 5000');
    refuseForeign(db, file, {
      applicationId: APPLICATION_ID,
      schemaVersion: SCHEMA_VERSION,
      refuse: archiveUnavailable,
    });
    db.exec(
      'PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;' +
        'PRAGMA temp_store = MEMORY; PRAGMA cache_size = -64000; PRAGMA wal_autocheckpoint = 5000;' +
        'PRAGMA journal_size_limit = 67108864',
    );
    migrate(db);
    return db;
  } catch (error) {
    db?.close();
    throw archiveUnavailable(explainOpenError('archive', file, error), error);
  }
}

function migrate(db: DatabaseSync): void {
  for (let version = readPragma(db, 'user_version'); version < SCHEMA_VERSION; version++)
    transaction(db, () => {
      db.exec(MIGRATIONS[version] ?? '');
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version + 1}`);
    });
}

/**
 * Opens an archive that is open for writing once more, for reading beside it.
 *
 * @throws SpantailError ARCHIVE_UNAVAILABLE naming the file and what to do
 */
export function openForReading(file: string): DatabaseSync {
  try {
    const db = new DatabaseSync(file, { readOnly: true });
    db.exec('PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000');
    db.function('matches_pattern', { deterministic: true }, (text, pattern) =>
      typeof text === 'string' && matchesPattern(text, String(pattern)) ? 1 : 0,
    );
    return db;
  } catch (error) {
    throw archiveUnavailable(explainOpenError('archive', file, error), error);
  }
}
