import type { EventLog, StreamName } from '../../log/event-log.ts';
import { Channel } from './channel.ts';
import { PageReader } from './page-reader.ts';

export interface HubOptions {
  /** Bytes of pages kept for viewers that catch up. Default 32 MiB. */
  pageCacheBytes?: number;
  /** A watched stream is read at least this often, in case its doorbell was lost. Default 1,000. */
  pollMs?: number;
  /**
   * Streams polled in one second at most; more of them wait their turn. Default 250: rings are lost
   * with a connection, and that asks for all streams by itself; ten thousand quiet ones must not
   * cost a core.
   */
  pollsPerSecond?: number;
}

/** The channels of all watched streams; work grows with what is watched, not what is published. */
export class Hub {
  readonly log: EventLog;
  readonly pages: PageReader;
  readonly #channels = new Map<string, Channel>();
  readonly #pollTimer: NodeJS.Timeout;
  readonly #offReconnect: () => void;
  #pollQueue: Channel[] = [];

  constructor(log: EventLog, options: HubOptions = {}) {
    const { pageCacheBytes = 32 * 1024 * 1024, pollMs = 1_000, pollsPerSecond = 250 } = options;
    this.log = log;
    this.pages = new PageReader(log, pageCacheBytes);
    const slices = 10;
    this.#pollTimer = setInterval(
      () => this.#poll(Math.ceil((pollsPerSecond * pollMs) / 1_000 / slices), slices),
      pollMs / slices,
    );
    this.#pollTimer.unref();
    this.#offReconnect = log.onReconnect(() => {
      for (const channel of this.#channels.values()) channel.prove();
    });
  }

  /** The stream's channel, made at the first call; {@link release} it when nobody follows. */
  channel(stream: StreamName): Channel {
    const key = `${stream.project}/${stream.streamId}`;
    let channel = this.#channels.get(key);
    if (channel === undefined) {
      channel = new Channel(this.log, this.pages, stream);
      this.#channels.set(key, channel);
    }
    return channel;
  }

  /** Forgets the channel when it has no followers left. */
  release(channel: Channel): void {
    if (channel.followerCount > 0) return;
    const key = `${channel.stream.project}/${channel.stream.streamId}`;
    if (this.#channels.get(key) !== channel) return;
    this.#channels.delete(key);
    channel.close();
  }

  get channelCount(): number {
    return this.#channels.size;
  }

  close(): void {
    clearInterval(this.#pollTimer);
    this.#offReconnect();
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
  }

  /** One slice of the round over all channels, so that a poll is never a burst. */
  #poll(most: number, slices: number): void {
    if (this.#pollQueue.length === 0) this.#pollQueue = [...this.#channels.values()];
    const share = Math.max(1, Math.ceil(this.#channels.size / slices));
    for (let i = Math.min(most, share); i > 0; i--) {
      const channel = this.#pollQueue.pop();
      if (channel === undefined) return;
      if (channel.followerCount > 0) channel.poll();
    }
  }
}
