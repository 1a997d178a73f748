import { START_POSITION, comparePositions } from '@spantail/protocol';
import type { EventLog, LogEntry, ReadOptions, StreamName } from '../log/event-log.ts';
import type { Archive } from './archive.ts';

/**
 * Reads one page of a run's history, from the archive and then from the hot log, without a seam
 * while entries are appended, archived and trimmed.
 *
 * Entries leave the hot log only when the archive has them. So when the hot log does not have the
 * entry at a place, and the archive, asked afterwards, has nothing behind that place, then nothing
 * behind it ever left the hot log before that: the stream begins anew there, or ends.
 */
export async function readHistory(
  hot: EventLog,
  archive: Archive,
  stream: StreamName,
  options: ReadOptions,
): Promise<LogEntry[]> {
  const page = new PageInProgress(options);
  // A beginning is the archive's even where the hot log was never trimmed: it may be a second life.
  let proven =
    options.after === START_POSITION && (await beginsInArchive(hot, archive, stream))
      ? undefined
      : await hot.readProven(stream, page.rest);
  for (;;) {
    if (proven !== undefined) return page.with(proven);
    const archived = await archive.read(stream, page.rest);
    page.add(archived);
    if (page.isFull) return page.entries;
    if (archived.length === 0) {
      const next = await hot.read(stream, page.rest);
      if (!(await wasTrimmedMeanwhile(archive, stream, page.rest, next))) return page.with(next);
    }
    proven = await hot.readProven(stream, page.rest);
  }
}

/** Whether the archive's entries come before all that the hot log has, or has instead of it. */
async function beginsInArchive(
  hot: EventLog,
  archive: Archive,
  stream: StreamName,
): Promise<boolean> {
  const tail = await hot.tail(stream);
  let archived;
  try {
    archived = await archive.position(stream);
  } catch (error) {
    // What was never trimmed can be read without the archive.
    if (tail !== undefined && tail.first === START_POSITION) return false;
    throw error;
  }
  if (archived === undefined) return false;
  if (tail === undefined || tail.epoch === archived.epoch) return true;
  // Another life that is not behind the first one is not recorded, and hides it.
  const one = { after: START_POSITION, maxEntries: 1, maxBytes: 1 };
  const [oldest] = await hot.read(stream, one);
  return oldest === undefined || comparePositions(archived.position, oldest.position) < 0;
}

/** Whether entries behind a place and before what was just read moved to the archive in between. */
async function wasTrimmedMeanwhile(
  archive: Archive,
  stream: StreamName,
  rest: ReadOptions,
  read: readonly LogEntry[],
): Promise<boolean> {
  const one = { ...rest, maxEntries: 1, maxBytes: 1 };
  const [archived] = await archive.read(stream, one);
  const next = read[0];
  if (archived === undefined) return false;
  return next === undefined || comparePositions(archived.position, next.position) < 0;
}

/** A page that is read from several places, within one pair of bounds. */
class PageInProgress {
  readonly entries: LogEntry[] = [];
  readonly #options: ReadOptions;
  #bytes = 0;

  constructor(options: ReadOptions) {
    this.#options = options;
  }

  get isFull(): boolean {
    const { maxEntries, maxBytes } = this.#options;
    return this.entries.length >= maxEntries || this.#bytes >= maxBytes;
  }

  /** What is still to be read. */
  get rest(): ReadOptions {
    const { after, maxEntries, maxBytes } = this.#options;
    return {
      ...this.#options,
      after: this.entries.at(-1)?.position ?? after,
      maxEntries: maxEntries - this.entries.length,
      maxBytes: maxBytes - this.#bytes,
    };
  }

  add(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      this.entries.push(entry);
      this.#bytes += entry.events.byteLength;
    }
  }

  with(entries: readonly LogEntry[]): LogEntry[] {
    this.add(entries);
    return this.entries;
  }
}
