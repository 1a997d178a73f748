import type { Blob, RunRow, SpanRow } from '@spantail/protocol';
import type { Archive, ArchivePosition } from 'spantail';

export interface ArchiveRun {
  run: RunRow;
  spans: { row: SpanRow; searchText: string }[];
  blobs?: Blob[];
  ended?: boolean;
}

const FIRST: ArchivePosition = { epoch: 'e1', position: '1-1' };
const SECOND: ArchivePosition = { epoch: 'e1', position: '2-1' };

/** Commits runs with their rows; their entries are one each, without events. */
export async function fillArchive(archive: Archive, runs: ArchiveRun[]): Promise<void> {
  await commit(archive, runs, undefined, FIRST);
}

/** What there is of a run that {@link fillArchive} committed is now this. */
export async function changeRun(archive: Archive, run: ArchiveRun): Promise<void> {
  await commit(archive, [run], FIRST, SECOND);
}

async function commit(
  archive: Archive,
  runs: ArchiveRun[],
  expected: ArchivePosition | undefined,
  position: ArchivePosition,
): Promise<void> {
  const entry = { producer: 'p', number: 1, fin: true, check: '00000000', blobRefs: [] };
  const outcomes = await archive.commit(
    runs.map(({ run, spans, blobs = [], ended = run.status !== 'running' }) => ({
      project: 'default',
      streamId: run.traceId,
      expected,
      position,
      entries: [
        { ...entry, position: position.position, events: new Uint8Array([0x90]), count: 0 },
      ],
      blobs,
      run,
      spans,
      ended,
    })),
  );
  if (outcomes.includes('conflict')) throw new Error('the archive has another state of the runs');
}
