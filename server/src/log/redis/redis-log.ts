import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  PARTITIONS,
  PARTITIONS_KEY,
  decodeRedisAppendReply,
  encodeRedisAppend,
  encodeRedisPutBlobs,
  partitionOf,
  streamKeys,
  type Blob,
  type BlobRef,
} from '@spantail/protocol';
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
import { Prober } from '../prober.ts';
import { streamKey } from '../stream-key.ts';
import { unavailable } from '../unavailable.ts';
import { connectRedis, type RedisClient, type RedisConnection } from './connection.ts';
import { decodeEntry, type RawEntry } from './entry-codec.ts';
import { Lanes } from './lanes.ts';
import { readLapsed, renewLease } from './leases.ts';
import { RingSubscriber } from './ring-subscriber.ts';
import { asBuffer } from './script.ts';
import { APPEND, EXPIRE, PUT_BLOBS, READ, READ_PROVEN, TAIL, TRIM } from './stream-scripts.ts';
import { RedisWorkQueue } from './work-queue.ts';

export interface RedisLogOptions {
  /** `redis://[user:password@]host:port[/db]`, or `redis+cluster://host:port,host:port`. */
  url: string;
  /** A stream not written for this long disappears, with its blobs. Default 24 hours. */
  ttlMs?: number;
  /** A command not answered within this fails. Default 5,000. */
  commandTimeoutMs?: number;
  /** How long to try to connect at the start. Default 5,000. */
  openTimeoutMs?: number;
}

const DAY_MS = 86_400_000;
/** Blobs of one command; Redis takes no more than a million arguments. */
const BLOBS_AT_ONCE = 10_000;
/** What is in flight has this long to end when the log is closed. */
const CLOSE_MS = 1_000;
/** Entries of a read's plain XRANGE: little enough that even the largest entries fit in memory. */
const FIRST_PAGE_ENTRIES = 16;

/**
 * Opens the log on a Redis (7.0 or newer), single or cluster.
 *
 * @throws SpantailError LOG_UNAVAILABLE when it cannot be reached, is too old, or was set up for
 * another number of partitions
 */
export async function openRedisLog(options: RedisLogOptions): Promise<EventLog> {
  const { url, ttlMs = DAY_MS, commandTimeoutMs = 5_000, openTimeoutMs = 5_000 } = options;
  const timeouts = { commandTimeoutMs, openTimeoutMs };
  return new RedisLog(await connectRedis(url, timeouts, checkPartitions), ttlMs);
}

/** A log's partition count is fixed by whoever was first. */
async function checkPartitions(client: RedisClient): Promise<void> {
  let stored = await client.get(PARTITIONS_KEY);
  if (stored === null) {
    await client.setnx(PARTITIONS_KEY, PARTITIONS);
    stored = await client.get(PARTITIONS_KEY);
  }
  if (stored !== String(PARTITIONS))
    throw unavailable(
      `this Redis holds a log of ${stored} partitions, this version works with ${PARTITIONS}; use another database`,
    );
}

class RedisLog implements EventLog {
  readonly #client: RedisClient;
  readonly #ttlMs: number;
  readonly #rings: RingSubscriber;
  readonly #work: RedisWorkQueue;
  readonly #doorbell = new Doorbell();
  readonly #lanes = new Lanes();
  readonly #prober = new Prober(this);
  readonly #inFlight = new Set<Promise<unknown>>();
  readonly #reconnectListeners = new Set<() => void>();
  #closed = false;

  constructor(connection: RedisConnection, ttlMs: number) {
    this.#client = connection.client;
    this.#ttlMs = ttlMs;
    this.#rings = new RingSubscriber(connection, {
      onRing: (channel, message) => {
        if (!this.#work.onRing(channel, message)) this.#doorbell.ring(channel);
      },
      onRestored: () => this.#reconnected(),
    });
    this.#work = new RedisWorkQueue(this.#client, this.#rings);
    for (const event of ['ready', '+node']) this.#client.on(event, () => this.#reconnected());
  }

  async append(request: AppendRequest, options: AppendOptions = {}): Promise<AppendResult> {
    const { refs } = request;
    const { keys, args } = encodeRedisAppend({
      ...request,
      ...options,
      ttlMs: this.#ttlMs,
      newEpoch: randomBytes(6).toString('hex'),
    });
    return this.#lanes.run(`${streamKey(request)} ${request.producer}`, () =>
      this.#use(async (client) =>
        decodeRedisAppendReply(await APPEND.run(client, keys, args), refs),
      ),
    );
  }

  putBlobs(stream: StreamName, blobs: Blob[]): Promise<void> {
    return this.#use(async (client) => {
      for (let at = 0; at < blobs.length; at += BLOBS_AT_ONCE) {
        const some = blobs.slice(at, at + BLOBS_AT_ONCE);
        const { keys, args } = encodeRedisPutBlobs({ ...stream, blobs: some, ttlMs: this.#ttlMs });
        await PUT_BLOBS.run(client, keys, args);
      }
    });
  }

  getBlobs(stream: StreamName, refs: BlobRef[]): Promise<(Uint8Array | undefined)[]> {
    return this.#use(async (client) => {
      if (refs.length === 0) return [];
      const found = await client.hmgetBuffer(keysOf(stream).blobs, ...refs.map(asBuffer));
      return found.map((bytes) => (bytes === null ? undefined : new Uint8Array(bytes)));
    });
  }

  tail(stream: StreamName): Promise<StreamTail | undefined> {
    return this.#use(async (client) => {
      const keys = keysOf(stream);
      const reply = await TAIL.run(client, [keys.stream, keys.meta], []);
      if (!Array.isArray(reply)) return undefined;
      const [epoch, first, last] = reply as [string, string, string];
      return { epoch, first, last };
    });
  }

  read(stream: StreamName, options: ReadOptions): Promise<LogEntry[]> {
    const { after, until = '+', maxEntries, maxBytes } = options;
    return this.#use(async (client) => {
      const key = keysOf(stream).stream;
      const entries: LogEntry[] = [];
      let bytes = 0;
      const count = Math.min(FIRST_PAGE_ENTRIES, maxEntries);
      const page = await client.xrangeBuffer(key, `(${after}`, until, 'COUNT', count);
      for (const raw of page) {
        const entry = decodeEntry(raw);
        entries.push(entry);
        bytes += entry.events.byteLength;
        if (bytes >= maxBytes) return entries;
      }
      const last = entries.at(-1);
      const room = maxEntries - entries.length;
      if (last === undefined || page.length < count || room <= 0) return entries;
      // Catching up: the script stops at the bound, which no count of entries could keep.
      const bounds = [last.position, until, room, maxBytes - bytes];
      const rest = (await READ.runBuffer(client, [key], bounds)) as RawEntry[];
      return entries.concat(rest.map(decodeEntry));
    });
  }

  readProven(stream: StreamName, options: ReadOptions): Promise<LogEntry[] | undefined> {
    const { after, until = '+', maxEntries, maxBytes } = options;
    return this.#use(async (client) => {
      const keys = keysOf(stream);
      const bounds = [after, until, maxEntries, maxBytes];
      const reply = await READ_PROVEN.runBuffer(client, [keys.stream, keys.meta], bounds);
      return Array.isArray(reply) ? (reply as RawEntry[]).map(decodeEntry) : undefined;
    });
  }

  trim(stream: StreamName, before: string): Promise<void> {
    return this.#use(async (client) => {
      await TRIM.run(client, [keysOf(stream).stream], [before]);
    });
  }

  expire(stream: StreamName, ttlMs: number, expectLast = ''): Promise<boolean> {
    return this.#use(async (client) => {
      const keys = keysOf(stream);
      const named = [keys.stream, keys.blobs, keys.meta];
      return (await EXPIRE.run(client, named, [ttlMs, expectLast])) === 1;
    });
  }

  renew(stream: StreamName, producer: string, leaseMs: number): Promise<boolean> {
    return this.#use((client) => renewLease(client, stream, producer, leaseMs, this.#ttlMs));
  }

  lapsed(limit: number): Promise<LapsedLease[]> {
    return this.#use((client) => readLapsed(client, limit));
  }

  entry(stream: StreamName, position: string): Promise<LogEntry | undefined> {
    return this.#use(async (client) => {
      const [raw] = await client.xrangeBuffer(keysOf(stream).stream, position, position);
      return raw === undefined ? undefined : decodeEntry(raw);
    });
  }

  async listen(stream: StreamName, ring: () => void): Promise<Listener> {
    const channel = keysOf(stream).doorbell;
    const listener = this.#doorbell.listen(channel, ring);
    const close = (): void => {
      listener.close();
      if (!this.#doorbell.has(channel)) this.#rings.unsubscribe(channel);
    };
    try {
      await this.#use(() => this.#rings.subscribe(channel, partitionOf(stream.streamId)));
    } catch (error) {
      close();
      throw error;
    }
    return { close };
  }

  takeWork(consumer: string, options: TakeWorkOptions): Promise<WorkItem[]> {
    return this.#use(() => this.#work.take(consumer, options));
  }

  acknowledge(items: WorkItem[]): Promise<void> {
    return this.#use(() => this.#work.acknowledge(items));
  }

  probe(timeoutMs: number): Promise<number> {
    return this.#prober.probe(timeoutMs);
  }

  onReconnect(listener: () => void): () => void {
    const entry = (): void => listener();
    this.#reconnectListeners.add(entry);
    return () => {
      this.#reconnectListeners.delete(entry);
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#doorbell.close();
    this.#reconnectListeners.clear();
    this.#work.close();
    this.#prober.close();
    // What is on its way may still arrive.
    await Promise.race([Promise.allSettled(this.#inFlight), pause(CLOSE_MS, null, { ref: false })]);
    this.#rings.close();
    this.#client.disconnect();
  }

  /** Maps whatever goes wrong on the way to the store to LOG_UNAVAILABLE. */
  async #use<T>(step: (client: RedisClient) => Promise<T>): Promise<T> {
    if (this.#closed) throw unavailable('the log is closed');
    const running = step(this.#client);
    this.#inFlight.add(running);
    try {
      return await running;
    } catch (error) {
      throw unavailable('the log on Redis failed', error);
    } finally {
      this.#inFlight.delete(running);
    }
  }

  /** What was missed while a connection was cut: rings, and maybe a failover. */
  #reconnected(): void {
    if (this.#closed) return;
    for (const listener of this.#reconnectListeners) listener();
    this.#doorbell.ringAll();
    this.#work.ringAll();
  }
}

function keysOf({ project, streamId }: StreamName): ReturnType<typeof streamKeys> {
  return streamKeys(project, streamId);
}
