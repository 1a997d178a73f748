import { backoffMs } from '@spantail/protocol';
import type { Redis } from 'ioredis';
import { unavailable } from '../unavailable.ts';
import type { RedisConnection } from './connection.ts';

/** Channels of one SSUBSCRIBE: bounds what is in flight after a reconnect. */
const CHANNELS_AT_ONCE = 200;
/** A link that is open but dead is noticed within this. */
const PING_EVERY_MS = 5_000;
const MOVED_ATTEMPTS = 4;

export interface RingSubscriberEvents {
  onRing(channel: string, message: string): void;
  /** Subscriptions were cut and are back: rings may have been missed. */
  onRestored(): void;
}

interface Subscription {
  partition: number;
  /** Settles with the first SSUBSCRIBE. */
  confirmed: Promise<void>;
}

/** One connection that only subscribes, to one node. */
interface Link {
  redis: Redis;
  /** Resolves when it is connected for the first time. */
  opened: Promise<void>;
}

/**
 * Keeps sharded subscriptions alive. One link a node; every channel is subscribed where its
 * partition is, again after each reconnect, and elsewhere when the partition has moved.
 */
export class RingSubscriber {
  readonly #connection: RedisConnection;
  readonly #events: RingSubscriberEvents;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #links = new Map<string, Link>();
  readonly #ping: NodeJS.Timeout;
  #unsent = new Map<number, { channels: string[]; sent: Promise<void> }>();
  #repair: NodeJS.Timeout | undefined;
  #failures = 0;
  #closed = false;

  constructor(connection: RedisConnection, events: RingSubscriberEvents) {
    this.#connection = connection;
    this.#events = events;
    connection.onRoutes(() => this.#checkRoutes());
    this.#ping = setInterval(() => this.#pingAll(), PING_EVERY_MS);
    this.#ping.unref();
  }

  /** Resolves when the server has confirmed; rejects when it cannot be reached now. */
  subscribe(channel: string, partition: number): Promise<void> {
    const known = this.#subscriptions.get(channel);
    if (known !== undefined) return known.confirmed;
    const confirmed = this.#enqueue(channel, partition);
    const subscription: Subscription = { partition, confirmed };
    this.#subscriptions.set(channel, subscription);
    confirmed.catch(() => {
      if (this.#subscriptions.get(channel) === subscription) this.#subscriptions.delete(channel);
    });
    return confirmed;
  }

  unsubscribe(channel: string): void {
    const subscription = this.#subscriptions.get(channel);
    if (subscription === undefined) return;
    this.#subscriptions.delete(channel);
    const node = this.#connection.nodeOf(subscription.partition);
    const redis = node === undefined ? undefined : this.#links.get(node)?.redis;
    // Not connected: then there is nothing to undo, only wanted channels are subscribed again.
    if (redis?.status === 'ready') redis.sunsubscribe(channel).catch(() => {});
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#ping);
    clearTimeout(this.#repair);
    for (const { redis } of this.#links.values()) redis.disconnect();
    this.#links.clear();
    this.#subscriptions.clear();
  }

  /** Channels of one partition that are wanted in the same macrotask go in one command. */
  #enqueue(channel: string, partition: number): Promise<void> {
    const unsent = this.#unsent.get(partition);
    if (unsent !== undefined && unsent.channels.length < CHANNELS_AT_ONCE) {
      unsent.channels.push(channel);
      return unsent.sent;
    }
    const channels = [channel];
    const sent = new Promise<void>((resolve) => {
      setImmediate(resolve);
    }).then(() => {
      if (this.#unsent.get(partition)?.channels === channels) this.#unsent.delete(partition);
      return this.#send(channels, partition);
    });
    this.#unsent.set(partition, { channels, sent });
    return sent;
  }

  async #send(channels: string[], partition: number): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      if (this.#closed) throw unavailable('the log is closed');
      const node = this.#connection.nodeOf(partition);
      if (node === undefined)
        throw unavailable(`no node of the cluster has partition ${partition}`);
      try {
        const { redis, opened } = this.#link(node);
        await opened;
        // Only now: who stopped listening in the meantime would stay subscribed for ever.
        const wanted = channels.filter((channel) => this.#subscriptions.has(channel));
        if (wanted.length > 0) await redis.ssubscribe(...wanted);
        return;
      } catch (error) {
        const moved = error instanceof Error && error.message.startsWith('MOVED');
        if (!moved || attempt === MOVED_ATTEMPTS)
          throw unavailable('the doorbell cannot be subscribed', error);
        await this.#newRoutes();
      }
    }
  }

  #link(node: string): Link {
    const known = this.#links.get(node);
    if (known !== undefined) return known;
    const redis = this.#connection.openLink(node);
    const link: Link = { redis, opened: redis.connect() };
    this.#links.set(node, link);
    // A link whose first attempt failed goes on trying by itself; `opened` stays rejected for those
    // who waited for it.
    link.opened.catch(() => {
      link.opened = Promise.resolve();
    });
    let wasReady = false;
    redis.on('error', () => {});
    redis.on('smessage', (channel: string, message: string) => {
      this.#events.onRing(channel, message);
    });
    redis.on('moved', () => this.#connection.refreshRoutes());
    redis.on('ready', () => {
      if (wasReady) this.#restoreLater();
      wasReady = true;
    });
    redis.on('close', () => {
      // The node may be gone for good, and another one have its partitions.
      if (!this.#closed) this.#connection.refreshRoutes();
    });
    return link;
  }

  /** After a change of routes: subscribe where partitions are now, drop links to nodes without any. */
  #checkRoutes(): void {
    if (this.#closed) return;
    const inUse = new Set<string>();
    let stray = false;
    for (const { partition } of this.#subscriptions.values()) {
      const node = this.#connection.nodeOf(partition);
      if (node === undefined) continue;
      inUse.add(node);
      stray ||= !this.#links.has(node);
    }
    for (const [node, { redis }] of this.#links) {
      if (inUse.has(node)) continue;
      this.#links.delete(node);
      redis.disconnect();
    }
    if (stray) this.#restoreLater();
  }

  #restoreLater(): void {
    if (this.#closed || this.#repair !== undefined) return;
    const waitMs =
      this.#failures === 0 ? 0 : 50 + backoffMs(this.#failures, Math.random(), { maxMs: 2_000 });
    this.#repair = setTimeout(() => {
      void this.#tryRestore();
    }, waitMs);
    this.#repair.unref();
  }

  async #tryRestore(): Promise<void> {
    this.#repair = undefined;
    try {
      await this.#restore();
    } catch {
      this.#failures++;
      this.#connection.refreshRoutes();
      this.#restoreLater();
      return;
    }
    this.#failures = 0;
    if (!this.#closed) this.#events.onRestored();
  }

  /** Subscribing again what is subscribed already does no harm. */
  async #restore(): Promise<void> {
    const byPartition = new Map<number, string[]>();
    for (const [channel, { partition }] of this.#subscriptions) {
      const channels = byPartition.get(partition);
      if (channels === undefined) byPartition.set(partition, [channel]);
      else channels.push(channel);
    }
    for (const [partition, channels] of byPartition)
      for (let at = 0; at < channels.length; at += CHANNELS_AT_ONCE)
        await this.#send(channels.slice(at, at + CHANNELS_AT_ONCE), partition);
  }

  #newRoutes(): Promise<void> {
    this.#connection.refreshRoutes();
    return new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }

  #pingAll(): void {
    for (const { redis } of this.#links.values()) {
      if (redis.status !== 'ready') continue;
      redis.ping().catch(() => {
        if (redis.status === 'ready') redis.disconnect(true);
      });
    }
  }
}
