import type { Blob, TraceId } from '@spantail/protocol';
import type { ArchivePosition, RunCommit } from '../archive.ts';
import { toRunColumns } from './run-columns.ts';
import { encodeRecords } from './segment.ts';
import { toSpanColumns, type Column, type SpanBody } from './span-columns.ts';

/** A span on its way into the table. */
export interface StoredSpan {
  columns: Column[];
  body: SpanBody;
  text: string;
}

/** A {@link RunCommit} as it goes to the writer: bytes are packed where the rows are. */
export interface StoredCommit {
  project: string;
  traceId: TraceId;
  expected: ArchivePosition | null;
  position: ArchivePosition;
  /** See `encodeRecords`. */
  records: Uint8Array;
  blobs: Blob[];
  run: Column[];
  /** Of a run that is over. */
  endedUs: number | null;
  models: string[];
  tags: string[];
  spans: StoredSpan[];
}

export function toStoredCommit(commit: RunCommit): StoredCommit {
  const { project, streamId, expected, position, entries, blobs, run, spans, ended } = commit;
  return {
    project,
    traceId: streamId,
    expected: expected ?? null,
    position,
    records: encodeRecords(entries),
    blobs,
    run: toRunColumns(run),
    endedUs: ended ? (run.endUs ?? run.lastActivityUs) : null,
    models: run.models,
    tags: run.tags,
    spans: spans.map(({ row, searchText }) => ({ ...toSpanColumns(row), text: searchText })),
  };
}
