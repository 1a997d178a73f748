import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { START_POSITION, type Blob, type BlobRef } from '@spantail/protocol';
import { Doorbell } from '../doorbell.ts';
import type {
  AppendOptions,
  AppendRequest,
  AppendResult,
  EventLog,
  LapsedLease,
  Listener,
  LogEntry,
  ReadOptions,
  StreamName,
  StreamTail,
  TakeWorkOptions,
  WorkItem,
} from '../event-log.ts';
import { formatPosition, parsePosition } from '../position.ts';
import { Prober } from '../prober.ts';
import { isWork, streamKey } from '../stream-key.ts';
import { unavailable } from '../unavailable.ts';
import { WorkBell } from '../work-bell.ts';
import { openDatabase } from './database.ts';
import { ExpirySweep } from './expiry-sweep.ts';
import { SqliteStore, lastPosition } from './sqlite-store.ts';

export interface SqliteLogOptions {
  /** Path of the database file, or `:memory:`. Its directory exists. */
  file: string;
  /** A stream not written for this long disappears, with its blobs. Default 24 hours. */
  ttlMs?: number;
  /** How often expired streams are looked for. Default a tenth of `ttlMs`, at most a minute. */
  sweepMs?: number;
}

const DAY_MS = 86_400_000;
/** Work that became stale is looked for no more often than this. */
const MIN_LOOK_MS = 50;
/** Entries trimmed in one transaction: a few milliseconds, so that nobody waits long. */
const TRIM_ENTRIES = 500;

/**
 * Opens the embedded log: one SQLite file, used by this process alone.
 *
 * @throws SpantailError LOG_UNAVAILABLE when the file is in use, not a database or not writable
 */
export function openSqliteLog(options: SqliteLogOptions): Promise<EventLog> {
  // A promise, like any log's opening, though nothing here waits.
  return Promise.resolve().then(() => new SqliteLog(options));
}

interface Pending {
  request: AppendRequest;
  options: AppendOptions;
  resolve: (result: AppendResult) => void;
  reject: (error: unknown) => void;
}

class SqliteLog implements EventLog {
  readonly #db: DatabaseSync;
  readonly #store: SqliteStore;
  readonly #sweep: ExpirySweep;
  readonly #doorbell = new Doorbell();
  readonly #workBell = new WorkBell();
  readonly #prober = new Prober(this);
  readonly #sweepMs: number;
  #pending: Pending[] = [];
  #commit: NodeJS.Immediate | undefined;
  #sweepTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor({ file, ttlMs = DAY_MS, sweepMs }: SqliteLogOptions) {
    this.#db = openDatabase(file);
    this.#store = new SqliteStore(this.#db, ttlMs);
    this.#sweep = new ExpirySweep(this.#db, this.#store);
    this.#sweepMs = sweepMs ?? Math.min(60_000, Math.max(100, ttlMs / 10));
    this.#sweepLater(this.#sweepMs);
  }

  /** All appends of one macrotask share a transaction: a burst costs one commit. */
  append(request: AppendRequest, options: AppendOptions = {}): Promise<AppendResult> {
    if (this.#closed) return Promise.reject(unavailable('the log is closed'));
    return new Promise((resolve, reject) => {
      this.#pending.push({ request, options, resolve, reject });
      this.#commit ??= setImmediate(() => this.#flush());
    });
  }

  putBlobs(stream: StreamName, blobs: Blob[]): Promise<void> {
    return this.#use((store) =>
      store.transaction(() => {
        const nowMs = Date.now();
        const row = store.streams.findOrCreate(stream, nowMs);
        store.blobs.put(row.id, blobs);
        store.streams.touch(row, nowMs);
      }),
    );
  }

  getBlobs(stream: StreamName, refs: BlobRef[]): Promise<(Uint8Array | undefined)[]> {
    return this.#use((store) => {
      const row = store.streams.find(stream, Date.now());
      return refs.map((ref) => (row === undefined ? undefined : store.blobs.get(row.id, ref)));
    });
  }

  tail(stream: StreamName): Promise<StreamTail | undefined> {
    return this.#use((store) => {
      const row = store.streams.find(stream, Date.now());
      if (row === undefined || row.entries === 0) return undefined;
      const first = formatPosition({ ms: row.first_ms, seq: row.first_seq });
      return { epoch: row.epoch, first, last: lastPosition(row) };
    });
  }

  read(stream: StreamName, options: ReadOptions): Promise<LogEntry[]> {
    return this.#use((store) => {
      const row = store.streams.find(stream, Date.now());
      // At the tail, where most reads are: the row knows without a search.
      if (row === undefined || lastPosition(row) === options.after) return [];
      return store.entries.range(row.id, options);
    });
  }

  readProven(stream: StreamName, options: ReadOptions): Promise<LogEntry[] | undefined> {
    return this.#use((store) => {
      const { after } = options;
      const row = store.streams.find(stream, Date.now());
      if (row === undefined || row.entries === 0) return undefined;
      if (lastPosition(row) === after) return [];
      const first = formatPosition({ ms: row.first_ms, seq: row.first_seq });
      const isThere =
        after === START_POSITION
          ? first === START_POSITION
          : store.entries.has(row.id, parsePosition(after));
      return isThere ? store.entries.range(row.id, options) : undefined;
    });
  }

  async trim(stream: StreamName, before: string): Promise<void> {
    const position = parsePosition(before);
    const step = (store: SqliteStore): boolean =>
      store.transaction(() => {
        const row = store.streams.find(stream, Date.now());
        return row !== undefined && store.trim(row, position, TRIM_ENTRIES);
      });
    while (await this.#use(step)) await nextTurn();
  }

  expire(stream: StreamName, ttlMs: number, expectLast?: string): Promise<boolean> {
    return this.#use((store) => {
      const nowMs = Date.now();
      const row = store.streams.find(stream, nowMs);
      if (row === undefined || (expectLast ?? lastPosition(row)) !== lastPosition(row))
        return false;
      store.streams.expireIn(row, nowMs, ttlMs);
      return true;
    });
  }

  renew(stream: StreamName, producer: string, leaseMs: number): Promise<boolean> {
    return this.#use((store) =>
      store.transaction(() => {
        const nowMs = Date.now();
        const row = store.streams.find(stream, nowMs);
        if (row === undefined || !store.leases.renew(row.id, producer, nowMs, leaseMs))
          return false;
        store.streams.touch(row, nowMs);
        return true;
      }),
    );
  }

  lapsed(limit: number): Promise<LapsedLease[]> {
    return this.#use((store) => store.lapsed(limit, Date.now()));
  }

  entry(stream: StreamName, position: string): Promise<LogEntry | undefined> {
    return this.#use((store) => {
      const row = store.streams.find(stream, Date.now());
      return row === undefined ? undefined : store.entries.at(row.id, position);
    });
  }

  listen(stream: StreamName, ring: () => void): Promise<Listener> {
    return this.#use(() => this.#doorbell.listen(streamKey(stream), ring));
  }

  async takeWork(consumer: string, options: TakeWorkOptions): Promise<WorkItem[]> {
    const { maxItems, waitMs, stealAfterMs, signal } = options;
    const deadlineMs = performance.now() + waitMs;
    for (;;) {
      const items = await this.#use((store) =>
        store.transaction(() => store.takeWork(consumer, maxItems, Date.now(), stealAfterMs)),
      );
      const leftMs = deadlineMs - performance.now();
      // Closed in the meantime: the bell has rung already.
      if (items.length > 0 || leftMs <= 0 || signal?.aborted === true || this.#closed) return items;
      await this.#workBell.wait(Math.min(leftMs, Math.max(stealAfterMs, MIN_LOOK_MS)), signal);
      if (this.#closed) return [];
    }
  }

  acknowledge(items: WorkItem[]): Promise<void> {
    return this.#use((store) => {
      const again = store.transaction(() => store.work.acknowledge(items));
      if (again) this.#workBell.ring();
    });
  }

  probe(timeoutMs: number): Promise<number> {
    return this.#prober.probe(timeoutMs);
  }

  /** The file is this process' own: its identity never changes while it is open. */
  onReconnect(_listener: () => void): () => void {
    return () => {};
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    clearTimeout(this.#sweepTimer);
    this.#flush();
    this.#closed = true;
    this.#doorbell.close();
    this.#workBell.ring();
    this.#prober.close();
    return Promise.resolve().then(() => this.#db.close());
  }

  #use<T>(step: (store: SqliteStore) => T): Promise<T> {
    if (this.#closed) return Promise.reject(unavailable('the log is closed'));
    try {
      return Promise.resolve(step(this.#store));
    } catch (error) {
      return Promise.reject(unavailable('the log cannot be used', error));
    }
  }

  #flush(): void {
    if (this.#commit !== undefined) clearImmediate(this.#commit);
    this.#commit = undefined;
    const batch = this.#pending;
    this.#pending = [];
    if (batch.length === 0) return;
    const store = this.#store;
    try {
      const nowMs = Date.now();
      const results = store.transaction(() =>
        batch.map(({ request, options }) => store.append(request, options, nowMs)),
      );
      results.forEach((result, i) => {
        const { request, resolve } = batch[i] as Pending;
        resolve(result);
        if (result.outcome !== 'appended') return;
        this.#doorbell.ring(streamKey(request));
        if (isWork(request.streamId)) this.#workBell.ring();
      });
    } catch (error) {
      // None of them was written. What was appended after them in the meantime waits in the next one.
      for (const { reject } of batch) reject(unavailable('the entry could not be written', error));
    }
  }

  #sweepLater(waitMs: number): void {
    this.#sweepTimer = setTimeout(() => {
      let more = false;
      try {
        more = this.#sweep.step(Date.now());
      } catch {
        // A full disk, say: expired streams are out of sight anyway; the next sweep tries again.
      }
      this.#sweepLater(more ? 1 : this.#sweepMs);
    }, waitMs);
    this.#sweepTimer.unref();
  }
}
