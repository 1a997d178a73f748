-- Up Migration

CREATE TABLE spantail.projects (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE
);

-- One row a run. `body` is the run's row whole; the columns are what it is found and ordered by.
CREATE TABLE spantail.runs (
  project integer NOT NULL,
  trace_id uuid NOT NULL,
  -- Partition of its spans: the week of its first entry. Never changes.
  week integer NOT NULL,
  -- How far it is archived.
  epoch text NOT NULL,
  position text NOT NULL,
  ended boolean NOT NULL,
  -- What retention goes by: its end, or when it was last active.
  over_us bigint NOT NULL,
  -- Of its segments and the blobs it brought; when it has ended, of its spans too.
  bytes bigint NOT NULL,
  -- Newest segments that are not merged yet.
  loose integer NOT NULL,
  name text NOT NULL,
  service text,
  agent text,
  status text NOT NULL,
  session_id text,
  user_id text,
  models text[] NOT NULL,
  tags text[] NOT NULL,
  start_us bigint,
  duration_us bigint,
  tokens bigint,
  input_tokens bigint,
  output_tokens bigint,
  cached_tokens bigint,
  cost_usd double precision,
  span_count bigint NOT NULL,
  error_count bigint NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (project, trace_id)
);
CREATE INDEX runs_by_start ON spantail.runs (project, start_us, trace_id);
CREATE INDEX runs_by_duration ON spantail.runs (project, duration_us, trace_id)
  WHERE duration_us IS NOT NULL;
CREATE INDEX runs_by_end ON spantail.runs (project, over_us, trace_id) WHERE ended;

-- Spans lie in weekly partitions, all of one run in one. A partition goes when it is empty.
CREATE TABLE spantail.spans (
  project integer NOT NULL,
  week integer NOT NULL,
  trace_id uuid NOT NULL,
  span_id bytea NOT NULL,
  parent_span_id bytea,
  name text NOT NULL,
  type text NOT NULL,
  status text NOT NULL,
  agent text,
  model text,
  provider text,
  session_id text,
  user_id text,
  error_type text,
  start_us bigint,
  duration_us bigint,
  tokens bigint,
  input_tokens bigint,
  output_tokens bigint,
  cached_tokens bigint,
  cost_usd double precision,
  attributes jsonb NOT NULL,
  -- The words it is found by: distinct, cut and without positions for the index (a tsvector keeps
  -- too few positions to prove a phrase), and all in order, to prove it.
  lexemes tsvector NOT NULL,
  words text NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (project, trace_id, span_id, week)
) PARTITION BY LIST (week);
CREATE INDEX spans_by_start ON spantail.spans (project, start_us, trace_id, span_id);
CREATE INDEX spans_by_duration ON spantail.spans (project, duration_us, trace_id, span_id)
  WHERE duration_us IS NOT NULL;
CREATE INDEX spans_by_tokens ON spantail.spans (project, tokens, trace_id, span_id)
  WHERE tokens IS NOT NULL;
CREATE INDEX failed_spans_by_duration ON spantail.spans (project, duration_us, trace_id, span_id)
  WHERE status = 'error' AND duration_us IS NOT NULL;
CREATE INDEX spans_by_words ON spantail.spans USING gin (lexemes);

-- The log: entries of a run, in order, compressed together.
CREATE TABLE spantail.segments (
  project integer NOT NULL,
  trace_id uuid NOT NULL,
  first_ms bigint NOT NULL,
  first_seq bigint NOT NULL,
  last_ms bigint NOT NULL,
  last_seq bigint NOT NULL,
  entries integer NOT NULL,
  -- Of events, before they are compressed.
  event_bytes bigint NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (project, trace_id, last_ms, last_seq)
);

CREATE TABLE spantail.blobs (
  project integer NOT NULL,
  ref bytea NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (project, ref)
);

-- Which runs need a blob.
CREATE TABLE spantail.blob_runs (
  project integer NOT NULL,
  trace_id uuid NOT NULL,
  ref bytea NOT NULL,
  PRIMARY KEY (project, trace_id, ref)
);
CREATE INDEX blob_runs_by_ref ON spantail.blob_runs (project, ref);

-- Written and read back by the probe.
CREATE TABLE spantail.probes (
  id integer PRIMARY KEY,
  value text NOT NULL
);

-- They are compressed when they come.
ALTER TABLE spantail.runs ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE spantail.spans ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE spantail.segments ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE spantail.blobs ALTER COLUMN body SET STORAGE EXTERNAL;
