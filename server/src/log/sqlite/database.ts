import { DatabaseSync } from 'node:sqlite';
import { explainOpenError } from '../../sqlite/explain.ts';
import { readPragma, refuseForeign } from '../../sqlite/refuse-foreign.ts';
import { unavailable } from '../unavailable.ts';

/** Marks a file as a Spantail log ("SPTL"), so that another application's database is refused. */
const APPLICATION_ID = 0x5350_544c;
const SCHEMA_VERSION = 2;

const SCHEMA = `
CREATE TABLE streams (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project TEXT NOT NULL,
  stream_id TEXT NOT NULL,
  epoch TEXT NOT NULL,
  -- Newest entry; 0-0 before the first.
  last_ms INTEGER NOT NULL DEFAULT 0,
  last_seq INTEGER NOT NULL DEFAULT 0,
  -- Oldest entry once something was trimmed; 0-0 before that.
  first_ms INTEGER NOT NULL DEFAULT 0,
  first_seq INTEGER NOT NULL DEFAULT 0,
  entries INTEGER NOT NULL DEFAULT 0,
  -- Last write, milliseconds since 1970: expiry counts from here.
  touched_ms INTEGER NOT NULL,
  UNIQUE (project, stream_id)
) STRICT;
CREATE INDEX streams_by_age ON streams (touched_ms);

CREATE TABLE entries (
  stream INTEGER NOT NULL,
  ms INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  producer TEXT NOT NULL,
  number INTEGER NOT NULL,
  fin INTEGER NOT NULL,
  end TEXT,
  events BLOB NOT NULL,
  count INTEGER NOT NULL,
  -- References of the blobs that came along, 16 bytes each, end to end.
  refs BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX entries_in_order ON entries (stream, ms, seq);

CREATE TABLE producers (
  stream INTEGER NOT NULL,
  producer TEXT NOT NULL,
  -- The newest accepted batch and the entry it became.
  number INTEGER NOT NULL,
  ms INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (stream, producer)
) STRICT, WITHOUT ROWID;

CREATE TABLE blobs (
  stream INTEGER NOT NULL,
  ref BLOB NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX blobs_by_ref ON blobs (stream, ref);

-- Streams with entries nobody has acknowledged.
CREATE TABLE work (
  stream INTEGER PRIMARY KEY,
  -- Order of being queued.
  turn INTEGER NOT NULL,
  consumer TEXT,
  taken_ms INTEGER,
  -- The stream's newest entry when it was handed out.
  seen_ms INTEGER,
  seen_seq INTEGER
) STRICT;
CREATE INDEX work_by_turn ON work (consumer, turn);

-- Expired streams, out of sight, whose rows are still to be removed.
CREATE TABLE buried (stream INTEGER PRIMARY KEY) STRICT;
`;

/** What came with version 2. */
const LEASES = `
-- Producers with open spans, and when they are taken for dead; milliseconds since 1970.
CREATE TABLE leases (
  stream INTEGER NOT NULL,
  producer TEXT NOT NULL,
  lapses_ms INTEGER NOT NULL,
  seen_ms INTEGER NOT NULL,
  PRIMARY KEY (stream, producer)
) STRICT, WITHOUT ROWID;
CREATE INDEX leases_by_lapse ON leases (lapses_ms);
`;

/**
 * Opens a log's database and takes it for this process alone, until it is closed or dies.
 *
 * WAL with synchronous=NORMAL: what was committed survives any crash of the process, kill -9
 * included, because the operating system has the pages; a power cut may take the last moments.
 *
 * @throws SpantailError LOG_UNAVAILABLE naming the file and what to do
 */
export function openDatabase(file: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file);
    // Exclusive: a second gateway on the same directory would hear none of this one's doorbells.
    db.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE');
    refuseForeign(db, file, {
      applicationId: APPLICATION_ID,
      schemaVersion: SCHEMA_VERSION,
      refuse: unavailable,
    });
    db.exec(
      'PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;' +
        'PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32000; PRAGMA journal_size_limit = 67108864',
    );
    db.exec('BEGIN IMMEDIATE');
    const version = readPragma(db, 'user_version');
    if (version === 0) db.exec(SCHEMA);
    if (version < 2) db.exec(LEASES);
    if (version < SCHEMA_VERSION)
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`);
    // Whoever held work is gone: this process is the only one now.
    db.exec('UPDATE work SET consumer = NULL; COMMIT');
    return db;
  } catch (error) {
    db?.close();
    throw unavailable(explainOpenError('log', file, error), error);
  }
}
