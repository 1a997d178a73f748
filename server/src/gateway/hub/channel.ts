import { backoffMs, comparePositions, type ResetReason } from '@spantail/protocol';
import type { EventLog, Listener, StreamName, StreamTail } from '../../log/event-log.ts';
import { CursorNames, START, placeBefore, type Page, type Place } from './page.ts';
import type { PageReader } from './page-reader.ts';

/** What a channel tells the subscriptions of its stream. Called synchronously, in order. */
export interface ChannelFollower {
  /** The channel moved over this page; `this` was at `page.from` if it was at the tail before. */
  onPage(page: Page): void;
  /**
   * The stream's history changed under the channel: everything before is void. `last`: its newest
   * entry now, `0-0` when there is none.
   */
  onReset(reason: ResetReason, last: string): void;
  /** The log cannot be read; the channel tries again by itself. */
  onStalled(reason: string): void;
  /** The log can be read again, and all that is in it has been handed over. */
  onRecovered(): void;
}

/**
 * A channel is the gateway's view of one watched stream: it follows the tail. The doorbell only
 * marks it dirty; one pump reads behind its place until nothing is left, and hands each page to
 * all followers in the same macrotask, so that a follower at the tail stays at the tail.
 */
export class Channel {
  readonly stream: StreamName;
  /** Where the channel stands: all before it has been handed to the followers. */
  place: Place = START;
  /** Set while the newest entry marks the run's end. */
  end: Page['end'];
  /** Absent while the stream does not exist. */
  names: CursorNames | undefined;
  epoch: string | undefined;

  readonly #log: EventLog;
  readonly #pages: PageReader;
  readonly #followers = new Set<ChannelFollower>();
  #listener: Listener | undefined;
  #ready: Promise<StreamTail | undefined> | undefined;
  #tail: Promise<StreamTail | undefined> | undefined;
  #dirty = false;
  #proof: 'none' | 'poll' | 'history' = 'none';
  #pumping = false;
  #failures = 0;
  #retryTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(log: EventLog, pages: PageReader, stream: StreamName) {
    this.#log = log;
    this.#pages = pages;
    this.stream = stream;
  }

  /** Begins to listen and finds the tail, once; rejects with LOG_UNAVAILABLE, and may be retried. */
  open(): Promise<void> {
    this.#ready ??= this.#begin().catch((error: unknown) => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready.then(() => undefined);
  }

  async #begin(): Promise<StreamTail | undefined> {
    // Listen first: what is appended between the two steps rings.
    this.#listener ??= await this.#log.listen(this.stream, () => this.ring());
    if (this.#closed) this.#listener.close();
    const tail = await this.#log.tail(this.stream);
    if (tail !== undefined) await this.#moveToTail(tail);
    return tail;
  }

  async #moveToTail(tail: StreamTail): Promise<void> {
    const entry = await this.#log.entry(this.stream, tail.last);
    this.#begins(tail);
    this.place = entry === undefined ? START : { position: entry.position, check: entry.check };
    this.end = entry?.end;
  }

  /** The stream's tail now; tells a subscription what its cursor is to be proved against. */
  currentTail(): Promise<StreamTail | undefined> {
    return this.#log.tail(this.stream);
  }

  /** The tail as of a moment ago: asked for once by all that begin at the same time. */
  recentTail(): Promise<StreamTail | undefined> {
    this.#tail ??= this.currentTail().finally(() => {
      this.#tail = undefined;
    });
    return this.#tail;
  }

  /** A subscription has seen that the stream exists, or is another one, before this channel did. */
  learn(tail: StreamTail): void {
    if (this.#closed || this.epoch === tail.epoch) return;
    if (this.names !== undefined) return this.prove();
    this.#begins(tail);
    this.ring();
  }

  #begins({ epoch }: StreamTail): void {
    this.epoch = epoch;
    this.names = new CursorNames(this.stream.streamId, epoch);
  }

  follow(follower: ChannelFollower): void {
    this.#followers.add(follower);
  }

  unfollow(follower: ChannelFollower): void {
    this.#followers.delete(follower);
  }

  get followerCount(): number {
    return this.#followers.size;
  }

  /** Something may be new. */
  ring(): void {
    this.#dirty = true;
    this.#pump();
  }

  /** A ring may have been lost: look where the stream's tail is. */
  poll(): void {
    if (this.#proof === 'none') this.#proof = 'poll';
    this.#dirty = true;
    this.#pump();
  }

  /** The log may not be what it was (reconnect): prove that our place is still in it. */
  prove(): void {
    this.#proof = 'history';
    this.#dirty = true;
    this.#pump();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    this.#listener?.close();
  }

  #pump(): void {
    if (this.#pumping || this.#closed || this.#retryTimer !== undefined) return;
    this.#pumping = true;
    void this.#pumpOnce();
  }

  async #pumpOnce(): Promise<void> {
    try {
      await this.#drain();
    } catch (error) {
      this.#pumping = false;
      this.#retryLater(error);
      return;
    }
    this.#pumping = false;
    if (this.#failures > 0) {
      this.#failures = 0;
      for (const follower of this.#followers) follower.onRecovered();
    }
    if (this.#dirty) this.#pump();
  }

  async #drain(): Promise<void> {
    await this.open();
    while (this.#dirty && !this.#closed) {
      this.#dirty = false;
      const proof = this.names === undefined ? 'history' : this.#proof;
      this.#proof = 'none';
      if (proof === 'none' || (await this.#hasNews(proof))) await this.#readNew();
    }
  }

  /** Whether there is something to read; resets the followers when this is another history. */
  async #hasNews(proof: 'poll' | 'history'): Promise<boolean> {
    const known = this.names;
    const tail = await this.#log.tail(this.stream);
    if (this.names !== known) return true;
    if (tail === undefined) {
      if (known !== undefined) this.#restart('lost');
      return false;
    }
    if (known === undefined) {
      this.#begins(tail);
      return true;
    }
    const { position, check } = this.place;
    if (tail.epoch !== this.epoch) this.#restart('recreated', tail);
    else if (comparePositions(position, tail.last) > 0) this.#restart('lost', tail);
    else if (proof === 'poll') return tail.last !== position;
    else if (comparePositions(position, tail.first) < 0) {
      // Trimmed meanwhile, and maybe more behind it: followers pull from their own place, and are told.
      this.place = placeBefore(tail.first);
    } else if (this.place !== START) {
      const entry = await this.#log.entry(this.stream, position);
      if (entry?.check !== check) this.#restart('lost', tail);
    }
    return true;
  }

  #restart(reason: ResetReason, tail?: StreamTail): void {
    this.place = START;
    this.end = undefined;
    this.epoch = tail?.epoch;
    this.names = tail === undefined ? undefined : new CursorNames(this.stream.streamId, tail.epoch);
    const last = tail?.last ?? START.position;
    for (const follower of this.#followers) follower.onReset(reason, last);
  }

  async #readNew(): Promise<void> {
    for (;;) {
      const { names, epoch, place } = this;
      if (names === undefined || epoch === undefined || this.#closed) return;
      const page = await this.#pages.read(this.stream, epoch, names, place);
      if (page === undefined) return;
      if (this.place !== place) continue;
      if (page === 'other-history') return this.prove();
      this.place = page.to;
      this.end = page.end;
      for (const follower of this.#followers) follower.onPage(page);
      // It reached the tail, and what came since has rung.
      if (!page.full) return;
    }
  }

  #retryLater(error: unknown): void {
    const waitMs = 50 + backoffMs(this.#failures++, Math.random(), { baseMs: 100, maxMs: 2_000 });
    this.#dirty = true;
    this.#proof = 'history';
    // Each time: one that pulls by itself may have gone on meanwhile, and stand still again.
    for (const follower of this.#followers)
      follower.onStalled(error instanceof Error ? error.message : String(error));
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = undefined;
      this.#pump();
    }, waitMs);
    this.#retryTimer.unref();
  }
}
