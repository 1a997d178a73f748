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
  for (;;) {
    const proven = await readProven(hot, archive, stream, page.rest);
    if (proven !== undefined) return page.with(proven);
    const archived = await archive.read(stream, page.rest);
    page.add(archived);
    if (page.isFull) return page.entries;
    if (archived.length > 0) continue;
    const next = await hot.read(stream, page.rest);
    if (!(await wasTrimmedMeanwhile(archive, stream, page.rest, next))) return page.with(next);
  }
}

/** What the hot log has behind a place, if nothing was ever between the two. */
async function readProven(
  hot: EventLog,
  archive: Archive,
  stream: StreamName,
  options: ReadOptions,
): Promise<LogEntry[] | undefined> {
  const proven = await hot.readProven(stream, options);
  if (proven === undefined || options.after !== START_POSITION) return proven;
  // A beginning is the archive's even where the hot log was never trimmed: it may be a second life.
  return (await beginsBefore(archive, stream, proven)) ? undefined : proven;
}

/**
 * Whether the archive has entries before those that the hot log begins with. Asked afterwards: a
 * life that ended before the hot log was read is in the archive by now.
 */
async function beginsBefore(
  archive: Archive,
  stream: StreamName,
  begin: readonly LogEntry[],
): Promise<boolean> {
  const [oldest] = begin;
  if (oldest === undefined) return true;
  const { position, check } = oldest;
  try {
    const one = { after: START_POSITION, maxEntries: 1, maxBytes: 1 };
    const [first] = await archive.read(stream, one);
    if (first === undefined || comparePositions(first.position, position) >= 0) return false;
    const archived = await archive.position(stream);
    if (archived === undefined || comparePositions(archived.position, position) < 0) return true;
    // A second life that is not behind the first one is not recorded, and hides it.
    return (await archive.entry(stream, position))?.check === check;
  } catch {
    // What was never trimmed can be read without the archive.
    return false;
  }
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
