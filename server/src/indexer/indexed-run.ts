import {
  START_POSITION,
  calledLost,
  decodeEvent,
  decodeEventArray,
  leaseHolder,
  rootOf,
  toRunSummary,
  type EndReason,
  type PriceTable,
  type RunRow,
  type RunSummary,
  type TraceEvent,
} from '@spantail/protocol';
import type { ArchivePosition, RunCommit } from '../archive/archive.ts';
import type { LogEntry, StreamName } from '../log/event-log.ts';
import type { RunBlobs } from './run-blobs.ts';
import { RunFolder } from './run-folder.ts';

/** Bytes in memory for one of an event's, about: decoded, folded, with its row's facts. */
const MEMORY_FACTOR = 4;
const ENTRY_BYTES = 100;

/** What the indexer knows of one run: its tree, what of it the archive has, and when it is over. */
export class IndexedRun {
  readonly stream: StreamName;
  /** Absent: nothing of it is recorded. */
  readonly blobs: RunBlobs | undefined;
  /** All entries up to here have been folded. */
  position = START_POSITION;
  /** Epoch of the hot stream that the newest entry came from. */
  epoch: string | undefined;
  /** As far as the archive has it. */
  archived: ArchivePosition | undefined;
  /** Folded, and not in the archive yet. */
  pending: LogEntry[] = [];
  /** Whether the newest entry marks the end. */
  ended = false;
  /** When entries were written, by the log's clock. */
  firstEntryMs = 0;
  lastEntryMs = 0;
  /** The hot log has been told to let it go. */
  letGo = false;
  /** Archived entries that the hot log still has, as far as this indexer knows. */
  readonly hotPositions: string[] = [];
  /** When it was last looked at, by this process' clock. */
  visitedMs = Number.NEGATIVE_INFINITY;
  memoryBytes = 10_000;
  pendingBytes = 0;
  readonly #folder: RunFolder;
  readonly #finished = new Map<string, boolean>();
  #eventCount = 0;
  #revision = 0;
  #told = '';

  constructor(stream: StreamName, blobs: RunBlobs | undefined, prices?: PriceTable) {
    this.stream = stream;
    this.blobs = blobs;
    this.#folder = new RunFolder(stream.streamId, prices);
  }

  /** The same run, with nothing known of it; what is told next is newer than what was. */
  startedAnew(prices?: PriceTable): IndexedRun {
    const run = new IndexedRun(this.stream, undefined, prices);
    run.#revision = this.#revision;
    return run;
  }

  /** An entry of the hot log. */
  async take(entry: LogEntry): Promise<void> {
    await this.#fold(entry);
    this.letGo = false;
    if (this.blobs === undefined) return;
    this.pending.push(entry);
    this.pendingBytes += entry.events.byteLength;
  }

  /** An entry that the archive has. */
  async restore(entry: LogEntry): Promise<void> {
    this.blobs?.learn(entry.blobRefs);
    await this.#fold(entry);
  }

  /** The archive has all that was folded. */
  committed(position: ArchivePosition): void {
    this.archived = position;
    for (const entry of this.pending) this.hotPositions.push(entry.position);
    this.pending = [];
    this.pendingBytes = 0;
    this.blobs?.committed();
    this.#folder.committed();
  }

  async #fold(entry: LogEntry): Promise<void> {
    const ms = Number(entry.position.split('-')[0]);
    if (this.#revision === 0 || this.firstEntryMs === 0) this.firstEntryMs = ms;
    this.position = entry.position;
    this.lastEntryMs = ms;
    this.#revision++;
    this.#eventCount += entry.count;
    this.memoryBytes += ENTRY_BYTES + MEMORY_FACTOR * entry.events.byteLength;
    this.ended = entry.end !== undefined;
    if (entry.end !== undefined) return;
    // One that was called lost will not say that it has finished.
    this.#finished.set(calledLost(entry.producer) ?? leaseHolder(entry.producer), entry.fin);
    for (const encoded of decodeEventArray(entry.events)) {
      const event = readEvent(encoded);
      if (event !== undefined) await this.#folder.apply(event, this.blobs);
    }
  }

  /**
   * Whether the run is over: no span is open, and every publisher said that it had nothing open,
   * or nothing was written for `quietMs`. Never because the root ended: children outlive it.
   */
  over(nowMs: number, graceMs: number, quietMs: number): EndReason | undefined {
    if (!this.settling) return undefined;
    const silentMs = nowMs - this.lastEntryMs;
    if (this.#allFinished && silentMs >= graceMs) return 'finished';
    return silentMs >= quietMs ? 'quiet' : undefined;
  }

  /** Whether only time is missing for {@link over}. */
  get settling(): boolean {
    return !this.ended && this.#folder.tree.openCount === 0 && this.#finished.size > 0;
  }

  /** How long after its newest entry a run that is {@link settling} is over. */
  settleMs(graceMs: number, quietMs: number): number {
    return this.#allFinished ? Math.min(graceMs, quietMs) : quietMs;
  }

  get #allFinished(): boolean {
    return [...this.#finished.values()].every(Boolean);
  }

  row(): RunRow {
    return this.#folder.row({
      ended: this.ended,
      firstActivityUs: this.firstEntryMs * 1_000,
      lastActivityUs: this.lastEntryMs * 1_000,
      eventCount: this.#eventCount,
    });
  }

  /** What the archive is to have next; `undefined`: nothing is new. */
  async toCommit(row: RunRow): Promise<RunCommit | undefined> {
    const { blobs, epoch, position, archived, pending, ended } = this;
    if (blobs === undefined || epoch === undefined || pending.length === 0) return undefined;
    return {
      ...this.stream,
      expected: archived,
      position: { epoch, position },
      entries: pending,
      // The rows first: what they need may be blobs that wait, too.
      spans: await this.#folder.changes(blobs),
      blobs: blobs.pending,
      run: row,
      ended,
    };
  }

  /** The summary, when it says something that the last one did not. */
  news(row: RunRow): RunSummary | undefined {
    // Until a span has opened there is no name and no time to tell.
    if (rootOf(this.#folder.tree)?.startUs === undefined) return undefined;
    const summary = toRunSummary(row, this.#revision);
    return essence(summary) === this.#told ? undefined : summary;
  }

  /** The summary is in the feed. */
  told(summary: RunSummary): void {
    this.#told = essence(summary);
  }
}

/** Growth alone is no news. */
function essence(summary: RunSummary): string {
  return JSON.stringify({ ...summary, revision: 0, lastActivityUs: 0 });
}

/** An event that nobody can read changes nothing; viewers are told where it stands. */
function readEvent(encoded: Uint8Array): TraceEvent | undefined {
  try {
    return decodeEvent(encoded);
  } catch {
    return undefined;
  }
}
