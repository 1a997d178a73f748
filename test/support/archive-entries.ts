import { RunTree, toRunRow } from '@spantail/protocol';
import type { Archive, CommitOutcome, EventLog, LogEntry, StreamName } from 'spantail';

/** Commits the next entries of the log, as an indexer does, with rows that say nothing. */
export async function archiveEntries(
  log: EventLog,
  archive: Archive,
  stream: StreamName,
  maxEntries: number,
): Promise<CommitOutcome | 'nothing'> {
  const expected = await archive.position(stream);
  const after = expected?.position ?? '0-0';
  const entries = await log.read(stream, { after, maxEntries, maxBytes: 1e9 });
  const last: LogEntry | undefined = entries.at(-1);
  const tail = await log.tail(stream);
  if (last === undefined || tail === undefined) return 'nothing';
  const run = toRunRow(new RunTree(stream.streamId), {
    ended: last.end !== undefined,
    firstActivityUs: 1,
    lastActivityUs: 1,
    eventCount: 0,
  });
  const position = { epoch: tail.epoch, position: last.position };
  const rest = { blobs: [], spans: [], run, ended: last.end !== undefined };
  const [outcome] = await archive.commit([{ ...stream, expected, position, entries, ...rest }]);
  return outcome ?? 'conflict';
}
