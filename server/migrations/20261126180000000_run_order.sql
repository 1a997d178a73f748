-- Up Migration

-- When the log was last written for it: of the newest archived entry, whose place begins with its time.
ALTER TABLE spantail.runs ADD COLUMN activity_us bigint;
UPDATE spantail.runs SET activity_us = split_part(position, '-', 1)::bigint * 1000;
ALTER TABLE spantail.runs ALTER COLUMN activity_us SET NOT NULL;

CREATE INDEX runs_by_activity ON spantail.runs (project, activity_us, trace_id);
CREATE INDEX runs_by_spans ON spantail.runs (project, span_count, trace_id);
CREATE INDEX runs_by_errors ON spantail.runs (project, error_count, trace_id);
