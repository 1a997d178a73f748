import {
  PARTITIONS,
  WORK_GROUP,
  queueKey,
  streamKeys,
  streamTask,
  workRing,
  type StreamKeys,
} from '@spantail/protocol';
import type { StreamName, TakeWorkOptions, WorkItem } from '../event-log.ts';
import { parseStreamKey } from '../stream-key.ts';
import { WorkBell } from '../work-bell.ts';
import type { RedisClient } from './connection.ts';
import type { RingSubscriber } from './ring-subscriber.ts';
import { ACKNOWLEDGE, DROP, HOLD, TAKE_QUEUED, TIDY } from './work-scripts.ts';

/** All partitions are looked through this often: finds what no ring told of, and what is to steal. */
const BACKSTOP_MS = 1_000;
/** Consumers that hold nothing and were silent for this long are forgotten. */
const TIDY_IDLE_MS = 600_000;

/** An item this process holds. */
interface Held {
  item: WorkItem;
  stream: StreamName;
  keys: StreamKeys;
  /** Its entry in the queue. */
  entryId: string;
  consumer: string;
  /** The stream's newest entry when the item was last handed out. */
  seen: string;
}

/**
 * The work queues of all partitions. Partitions are asked only after their ring sounded, and all of
 * them once a second; nothing blocks a connection.
 */
export class RedisWorkQueue {
  readonly #client: RedisClient;
  readonly #rings: RingSubscriber;
  readonly #bell = new WorkBell();
  readonly #rung = new Set<number>();
  readonly #held = new Map<string, Held>();
  /** Held streams that have news. */
  readonly #news = new Set<string>();
  /** Partitions whose queue was tidied by this process. */
  readonly #tidied = new Set<number>();
  #channels: Map<string, number> | undefined;
  #nextBackstopMs = 0;
  #closed = false;

  constructor(client: RedisClient, rings: RingSubscriber) {
    this.#client = client;
    this.#rings = rings;
  }

  /** Whether the message was for the work queue. */
  onRing(channel: string, message: string): boolean {
    const partition = this.#channels?.get(channel);
    if (partition === undefined) return false;
    if (message === '') this.#rung.add(partition);
    else if (this.#held.has(message)) this.#news.add(message);
    else return true;
    this.#bell.ring();
    return true;
  }

  /** Rings may have been missed: look everywhere. */
  ringAll(): void {
    this.#nextBackstopMs = 0;
    this.#bell.ring();
  }

  close(): void {
    this.#closed = true;
    this.#bell.ring();
  }

  async take(consumer: string, options: TakeWorkOptions): Promise<WorkItem[]> {
    const { maxItems, waitMs, stealAfterMs, signal } = options;
    await this.#hear();
    const deadlineMs = performance.now() + waitMs;
    for (;;) {
      this.#backstop();
      const items = await this.#takeNow(consumer, maxItems, stealAfterMs);
      if (items.length > 0 || this.#closed || signal?.aborted === true) return items;
      // Not all partitions have been asked yet.
      if (this.#rung.size > 0 || this.#hasNewsFor(consumer)) continue;
      const nowMs = performance.now();
      if (nowMs >= deadlineMs) return items;
      await this.#bell.wait(Math.min(deadlineMs, this.#nextBackstopMs) - nowMs, signal);
    }
  }

  async acknowledge(items: readonly WorkItem[]): Promise<void> {
    await Promise.all(
      items.map(async (item) => {
        const task = streamTask(item.project, item.streamId);
        const held = this.#held.get(task);
        // Taken over by another consumer of this process.
        if (held === undefined || held.item.id !== item.id) return;
        const { keys, entryId, consumer, seen } = held;
        await ACKNOWLEDGE.run(
          this.#client,
          [keys.meta, keys.queue],
          [WORK_GROUP, entryId, consumer, seen, task, keys.workRing],
        );
        if (this.#held.get(task) === held) this.#forget(task);
      }),
    );
  }

  /** Listens to all work rings; only processes that take work do. */
  async #hear(): Promise<void> {
    if (this.#channels === undefined) {
      this.#channels = new Map();
      for (let partition = 0; partition < PARTITIONS; partition++)
        this.#channels.set(workRing(partition), partition);
    }
    // Settled already, but for the first time and after a cut.
    await Promise.all(
      Array.from(this.#channels, ([channel, partition]) =>
        this.#rings.subscribe(channel, partition),
      ),
    );
  }

  #backstop(): void {
    const nowMs = performance.now();
    if (nowMs < this.#nextBackstopMs) return;
    this.#nextBackstopMs = nowMs + BACKSTOP_MS;
    for (let partition = 0; partition < PARTITIONS; partition++) this.#rung.add(partition);
    for (const task of this.#held.keys()) this.#news.add(task);
  }

  async #takeNow(consumer: string, maxItems: number, stealAfterMs: number): Promise<WorkItem[]> {
    const again = await this.#takeNews(consumer, maxItems);
    const room = maxItems - again.length;
    const partitions = [...this.#rung].slice(0, room);
    if (partitions.length === 0) return again;
    const count = Math.floor(room / partitions.length);
    const taken = await Promise.allSettled(
      partitions.map(async (partition) => {
        this.#rung.delete(partition);
        try {
          return await this.#takeFrom(partition, consumer, count, stealAfterMs);
        } catch (error) {
          this.#rung.add(partition);
          throw error;
        }
      }),
    );
    return gather([{ status: 'fulfilled', value: again }, ...taken]);
  }

  async #takeFrom(
    partition: number,
    consumer: string,
    count: number,
    stealAfterMs: number,
  ): Promise<WorkItem[]> {
    const queue = queueKey(partition);
    const args = [WORK_GROUP, consumer, count, stealAfterMs];
    if (!this.#tidied.has(partition)) {
      await TIDY.run(this.#client, [queue], [WORK_GROUP, TIDY_IDLE_MS]);
      this.#tidied.add(partition);
    }
    const pairs = (await TAKE_QUEUED.run(this.#client, [queue], args)) as [string, string][];
    // There may be more.
    if (pairs.length === count) this.#rung.add(partition);
    const items = await Promise.allSettled(
      pairs.map(async ([entryId, task]) => {
        const stream = parseStreamKey(task);
        const keys = streamKeys(stream.project, stream.streamId);
        const seen = await this.#hold(keys, entryId, consumer);
        if (seen === null) await DROP.run(this.#client, [queue], [WORK_GROUP, entryId]);
        if (typeof seen !== 'string') return [];
        const item: WorkItem = { id: `${entryId} ${task} ${consumer}`, ...stream };
        this.#held.set(task, { item, stream, keys, entryId, consumer, seen });
        this.#news.delete(task);
        return [item];
      }),
    );
    return gather(items);
  }

  /** Items this consumer holds already, whose streams have got entries since. */
  async #takeNews(consumer: string, maxItems: number): Promise<WorkItem[]> {
    const candidates: [string, Held][] = [];
    for (const task of this.#news) {
      const held = this.#held.get(task);
      if (held === undefined) this.#news.delete(task);
      else if (held.consumer === consumer && candidates.length < maxItems)
        candidates.push([task, held]);
    }
    const items = await Promise.allSettled(
      candidates.map(async ([task, held]) => {
        this.#news.delete(task);
        const { keys, entryId } = held;
        const newest = await this.#hold(keys, entryId, consumer).catch((error: unknown) => {
          this.#news.add(task);
          throw error;
        });
        // Acknowledged in the meantime: then it went back into the queue.
        if (this.#held.get(task) !== held) return [];
        if (typeof newest !== 'string') this.#forget(task);
        if (typeof newest !== 'string' || newest === held.seen) return [];
        held.seen = newest;
        return [held.item];
      }),
    );
    return gather(items);
  }

  /** The stream's newest entry; `null` when the item is void, 0 when it is another consumer's. */
  #hold(keys: StreamKeys, entryId: string, consumer: string): Promise<unknown> {
    return HOLD.run(this.#client, [keys.meta, keys.queue], [WORK_GROUP, entryId, consumer]);
  }

  #hasNewsFor(consumer: string): boolean {
    for (const task of this.#news) if (this.#held.get(task)?.consumer === consumer) return true;
    return false;
  }

  #forget(task: string): void {
    this.#held.delete(task);
    this.#news.delete(task);
  }
}

/**
 * What came of several commands. An item that was handed out must reach its consumer whatever became
 * of the others: its entries count as seen. So a failure shows only when there is nothing else.
 */
function gather(results: readonly PromiseSettledResult<WorkItem[]>[]): WorkItem[] {
  const items = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  for (const result of results)
    if (result.status === 'rejected' && items.length === 0) throw result.reason;
  return items;
}
