/** Marks a file as a Spantail archive ("SPTA"), so that another application's database is refused. */
export const APPLICATION_ID = 0x5350_5441;

/**
 * What brings a file from each schema version to the next; the last one's index + 1 is the version
 * this program writes. Never changed once released: a new version gets a new element.
 *
 * A span's `id` is its run's id × 2^21 plus its number in the run: a run's spans lie next to each
 * other, and the run of a search hit is known without looking at the span.
 */
export const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE projects (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  blob_bytes INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project INTEGER NOT NULL,
  trace BLOB NOT NULL,
  -- Where the archive stands.
  epoch TEXT NOT NULL,
  last_ms INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  -- Spans so far: the number of the next one.
  next_span INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  -- Blobs that came with it first.
  blob_bytes INTEGER NOT NULL DEFAULT 0,
  -- When it ended, of a run that is over: what retention goes by.
  ended_us INTEGER,
  name TEXT NOT NULL COLLATE NOCASE,
  service TEXT COLLATE NOCASE,
  agent TEXT COLLATE NOCASE,
  status TEXT NOT NULL,
  session TEXT COLLATE NOCASE,
  user TEXT COLLATE NOCASE,
  start_us INTEGER,
  duration_us INTEGER,
  tokens INTEGER,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cached_tokens INTEGER,
  cost_usd REAL,
  span_count INTEGER NOT NULL,
  error_count INTEGER NOT NULL,
  -- The whole row as JSON.
  body TEXT NOT NULL
);
CREATE UNIQUE INDEX runs_by_trace ON runs (project, trace);
CREATE INDEX runs_by_start ON runs (project, start_us);
CREATE INDEX runs_by_duration ON runs (project, duration_us);
CREATE INDEX runs_by_tokens ON runs (project, tokens);
CREATE INDEX runs_by_cost ON runs (project, cost_usd);
CREATE INDEX runs_by_status ON runs (project, status, start_us);
CREATE INDEX runs_by_agent ON runs (project, agent, start_us);
CREATE INDEX runs_by_session ON runs (project, session, start_us) WHERE session IS NOT NULL;
CREATE INDEX runs_by_user ON runs (project, user, start_us) WHERE user IS NOT NULL;
CREATE INDEX runs_by_end ON runs (project, ended_us) WHERE ended_us IS NOT NULL;

CREATE TABLE run_models (
  run INTEGER NOT NULL,
  value TEXT NOT NULL COLLATE NOCASE,
  PRIMARY KEY (run, value)
) WITHOUT ROWID;
CREATE TABLE run_tags (
  run INTEGER NOT NULL,
  value TEXT NOT NULL COLLATE NOCASE,
  PRIMARY KEY (run, value)
) WITHOUT ROWID;

CREATE TABLE spans (
  id INTEGER PRIMARY KEY,
  project INTEGER NOT NULL,
  trace BLOB NOT NULL,
  span BLOB NOT NULL,
  parent BLOB,
  name TEXT NOT NULL COLLATE NOCASE,
  type TEXT NOT NULL,
  -- How it stands for a query: open, lost, unset, ok, error.
  standing TEXT NOT NULL,
  agent TEXT COLLATE NOCASE,
  model TEXT COLLATE NOCASE,
  provider TEXT COLLATE NOCASE,
  session TEXT COLLATE NOCASE,
  user TEXT COLLATE NOCASE,
  error TEXT COLLATE NOCASE,
  start_us INTEGER,
  duration_us INTEGER,
  tokens INTEGER,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cached_tokens INTEGER,
  cost_usd REAL,
  -- JSON.
  attributes TEXT NOT NULL,
  -- MessagePack of what has no column, with a byte in front that says whether it is compressed.
  body BLOB NOT NULL,
  -- CRC-32 of the text it is found by; NULL: it has none.
  text_check INTEGER,
  bytes INTEGER NOT NULL
);
CREATE INDEX spans_by_id ON spans (project, trace, span);
CREATE INDEX spans_by_start ON spans (project, start_us);
CREATE INDEX spans_by_duration ON spans (project, duration_us);
CREATE INDEX spans_by_tokens ON spans (project, tokens) WHERE tokens IS NOT NULL;
CREATE INDEX spans_by_cost ON spans (project, cost_usd) WHERE cost_usd IS NOT NULL;
CREATE INDEX spans_failed ON spans (project, standing, duration_us)
  WHERE standing = 'error' OR standing = 'lost';
CREATE INDEX spans_notable ON spans (project, standing, start_us)
  WHERE standing = 'error' OR standing = 'lost' OR standing = 'open';

-- Entries of a run's log, in order: see segment.ts.
CREATE TABLE segments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run INTEGER NOT NULL,
  first_ms INTEGER NOT NULL,
  first_seq INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  raw_bytes INTEGER NOT NULL,
  -- CRC-32 of the raw bytes.
  crc INTEGER NOT NULL,
  data BLOB NOT NULL
);
CREATE INDEX segments_in_order ON segments (run, last_ms, last_seq);

CREATE TABLE blobs (
  id INTEGER PRIMARY KEY,
  project INTEGER NOT NULL,
  ref BLOB NOT NULL,
  -- Runs that use it; it goes with the last of them.
  runs INTEGER NOT NULL DEFAULT 0,
  crc INTEGER NOT NULL,
  data BLOB NOT NULL
);
CREATE UNIQUE INDEX blobs_by_ref ON blobs (project, ref);
CREATE TABLE run_blobs (
  run INTEGER NOT NULL,
  blob INTEGER NOT NULL,
  PRIMARY KEY (run, blob)
) WITHOUT ROWID;

-- Removed runs, out of sight, whose rows are still to be deleted.
CREATE TABLE buried (run INTEGER PRIMARY KEY, project INTEGER NOT NULL);

-- Written and read back by the probe.
CREATE TABLE probe (id INTEGER PRIMARY KEY, value BLOB NOT NULL);
`,
  // Runs are ordered by more; by what many have alike, the ids are part of the index.
  `
ALTER TABLE runs ADD COLUMN activity_us INTEGER NOT NULL DEFAULT 0;
UPDATE runs SET activity_us = json_extract(body, '$.lastActivityUs');
CREATE INDEX runs_by_activity ON runs (project, activity_us);
CREATE INDEX runs_by_spans ON runs (project, span_count, trace);
CREATE INDEX runs_by_errors ON runs (project, error_count, trace);
`,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** Full text of a project's spans; a table each, so that none can be told from another's timing. */
export function textTable(project: number): string {
  return `text_${Math.trunc(project)}`;
}

/**
 * Words come cut and in lower case already (`indexWords`), separated by spaces: the `ascii`
 * tokenizer takes everything else as part of a word.
 */
export function textTableSchema(project: number): string {
  const table = textTable(project);
  return `
CREATE VIRTUAL TABLE ${table} USING fts5(words, content = '', contentless_delete = 1, tokenize = 'ascii');
INSERT INTO ${table} (${table}, rank) VALUES ('hashsize', 16777216);
INSERT INTO ${table} (${table}, rank) VALUES ('automerge', 8);
`;
}

const SPANS_PER_RUN = 2 ** 21;

export const MAX_SPANS_PER_RUN = SPANS_PER_RUN;

/** In SQL: the run of a span's or a search hit's id. */
export function runOfId(id: string): string {
  return `(${id} >> 21)`;
}

/** First and last possible span id of runs. */
export function spanIds(firstRun: number, lastRun = firstRun): { first: number; last: number } {
  return { first: firstRun * SPANS_PER_RUN, last: (lastRun + 1) * SPANS_PER_RUN - 1 };
}
