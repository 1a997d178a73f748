import type { Blob, RunRow, SpanRow } from '@spantail/protocol';
import type { Archive, ArchivePosition } from 'spantail';

export interface ArchiveRun {
  run: RunRow;
  spans: { row: SpanRow; searchText: string }[];
  blobs?: Blob[];
  ended?: boolean;
}

/** Commits runs with their rows; their entries are one each, without events. */
export async function fillArchive(archive: Archive, runs: ArchiveRun[]): Promise<void> {
  const position: ArchivePosition = { epoch: 'e1', position: '1-1' };
  const entry = { producer: 'p', number: 1, fin: true, check: '00000000', blobRefs: [] };
  const outcomes = await archive.commit(
    runs.map(({ run, spans, blobs = [], ended = run.status !== 'running' }) => ({
      project: 'default',
      streamId: run.traceId,
      expected: undefined,
      position,
      entries: [{ ...entry, position: '1-1', events: new Uint8Array([0x90]), count: 0 }],
      blobs,
      run,
      spans,
      ended,
    })),
  );
  if (outcomes.includes('conflict')) throw new Error('the archive has one of the runs already');
}
