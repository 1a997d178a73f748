import { START_POSITION, comparePositions, type PriceTable } from '@spantail/protocol';
import type { Archive, ArchivePosition } from '../archive/archive.ts';
import type { EventLog, LogEntry, StreamName } from '../log/event-log.ts';
import { IndexedRun } from './indexed-run.ts';
import { RunBlobs } from './run-blobs.ts';

const READ = { maxEntries: 1_000, maxBytes: 4 * 1024 * 1024 };
/** References asked for at once. Their sizes are not known before. */
const GROUP_REFS = 32;
/** Of events and blobs that wait for a commit: what is above it comes with the next visit. */
const VISIT_BYTES = 16 * 1024 * 1024;

/** Of a stream that expired between two reads. */
const GONE_EPOCH = 'gone';

/** Reads what is new of a run from the log and folds it. */
export class RunReader {
  readonly #log: EventLog;
  readonly #archive: Archive | undefined;
  readonly #prices: PriceTable | undefined;
  readonly #onError: (error: unknown) => void;

  constructor(
    log: EventLog,
    archive: Archive | undefined,
    prices: PriceTable | undefined,
    onError: (error: unknown) => void,
  ) {
    this.#log = log;
    this.#archive = archive;
    this.#prices = prices;
    this.#onError = onError;
  }

  /** The run as the archive has it; nothing of it, if that is nothing. */
  async open(stream: StreamName): Promise<IndexedRun> {
    const archive = this.#archive;
    if (archive === undefined) return new IndexedRun(stream, undefined, this.#prices);
    const blobs = new RunBlobs(this.#log, archive, stream);
    const run = new IndexedRun(stream, blobs, this.#prices);
    const archived = await archive.position(stream);
    if (archived === undefined) return run;
    while (run.position !== archived.position) {
      const after = run.position;
      const options = { after, until: archived.position, ...READ };
      for (const entry of await archive.read(stream, options)) await run.restore(entry);
      if (run.position === after)
        throw new Error(`the archive lacks entries of ${stream.streamId} behind ${after}`);
    }
    run.epoch = archived.epoch;
    run.committed(archived);
    return run;
  }

  /**
   * Folds what is new, up to what one visit may hold.
   *
   * @returns the run, or another one in its place where the log is not the one any more that it was
   *   read from; and whether there may be more
   */
  async readNew(run: IndexedRun): Promise<{ run: IndexedRun; more: boolean }> {
    await run.blobs?.collectMissing();
    for (;;) {
      const options = { after: run.position, ...READ };
      const proven =
        run.position === START_POSITION
          ? await this.#log.read(run.stream, options)
          : await this.#log.readProven(run.stream, options);
      if (proven === undefined) {
        const next = await this.#rejoin(run);
        if (next === undefined) return { run, more: false };
        run = next;
        continue;
      }
      if (run.epoch === undefined && proven.length > 0)
        run.epoch = (await this.#log.tail(run.stream))?.epoch ?? GONE_EPOCH;
      if (!(await this.#fold(run, proven))) return { run, more: true };
      // No bound ended the read: it reached the tail, and what comes later brings its own work.
      const bytes = proven.reduce((sum, { events }) => sum + events.byteLength, 0);
      if (proven.length < READ.maxEntries && bytes < READ.maxBytes) return { run, more: false };
    }
  }

  /** `false`: this much is enough for now. */
  async #fold(run: IndexedRun, entries: readonly LogEntry[]): Promise<boolean> {
    const { blobs } = run;
    let group: LogEntry[] = [];
    let refs = 0;
    for (const [i, entry] of entries.entries()) {
      group.push(entry);
      refs += entry.blobRefs.length;
      if (refs < GROUP_REFS && i < entries.length - 1) continue;
      await blobs?.collect(group.flatMap(({ blobRefs }) => blobRefs));
      for (const one of group) await run.take(one);
      group = [];
      refs = 0;
      if (run.pendingBytes + (blobs?.pendingBytes ?? 0) > VISIT_BYTES) return false;
    }
    return true;
  }

  /**
   * The entry at the run's position is not in the log: the stream has expired, or lost something,
   * or was created again. `undefined`: there is nothing to read.
   */
  async #rejoin(run: IndexedRun): Promise<IndexedRun | undefined> {
    const { stream, position } = run;
    const tail = await this.#log.tail(stream);
    // What was folded is not in the log any more: its open spans would never end.
    if (run.blobs === undefined)
      return tail === undefined ? undefined : run.startedAnew(this.#prices);
    const one = { ...READ, maxEntries: 1 };
    const [oldest] = await this.#log.read(stream, { ...one, after: START_POSITION });
    const [next] = await this.#log.read(stream, { ...one, after: position });
    // Asked last: what the log has let go of, the archive has by now. Another indexer may have gone
    // on with the run.
    const archived = await this.#archive?.position(stream);
    if (archived !== undefined && !isSamePlace(archived, run.archived)) return this.open(stream);
    if (tail === undefined || oldest === undefined) return undefined;
    const isSame = tail.epoch === run.epoch;
    if (!isSame && comparePositions(oldest.position, position) <= 0) {
      this.#onError(
        new Error(
          `${stream.streamId} is not recorded any more: its new entries in the log are not behind ` +
            `the archive's newest (${position}); was the clock set back?`,
        ),
      );
      return run.startedAnew(this.#prices);
    }
    if (next === undefined) return undefined;
    if (isSame || tail.first !== START_POSITION)
      this.#onError(
        new Error(
          `the log has lost entries of ${stream.streamId} near ${position}, or trimmed them`,
        ),
      );
    run.epoch = tail.epoch;
    await this.#fold(run, [next]);
    return run;
  }
}

function isSamePlace(a: ArchivePosition, b: ArchivePosition | undefined): boolean {
  return a.position === b?.position && a.epoch === b.epoch;
}
