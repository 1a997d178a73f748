import { randomBytes } from 'node:crypto';
import type { EventLog, StreamName } from './event-log.ts';
import { unavailable } from './unavailable.ts';

/** Streams a prober goes round: on a cluster they lie on different nodes. */
const STREAMS = 8;

/**
 * Writes, hears and reads back one entry of a stream of its own. The streams are kept short and
 * expire like any other.
 */
export class Prober {
  readonly #log: EventLog;
  readonly #name = randomBytes(6).toString('hex');
  /** Ends the round trips under way. */
  readonly #running = new Set<(error: Error) => void>();
  #number = 0;

  constructor(log: EventLog) {
    this.#log = log;
  }

  /** The log is being closed: nothing that is under way will be heard any more. */
  close(): void {
    for (const fail of this.#running) fail(unavailable('the log is closed'));
  }

  /**
   * The time one round trip took, in milliseconds.
   *
   * @throws SpantailError LOG_UNAVAILABLE when a step fails or `timeoutMs` have passed
   */
  async probe(timeoutMs: number): Promise<number> {
    const startedAtMs = performance.now();
    let fail = (_error: Error): void => {};
    const failed = new Promise<never>((_resolve, reject) => {
      fail = reject;
    });
    const expire = setTimeout(
      () => fail(unavailable(`an entry did not come back within ${timeoutMs} ms`)),
      timeoutMs,
    );
    this.#running.add(fail);
    try {
      await Promise.race([this.#roundTrip(failed), failed]);
      return performance.now() - startedAtMs;
    } finally {
      clearTimeout(expire);
      this.#running.delete(fail);
    }
  }

  async #roundTrip(failed: Promise<never>): Promise<void> {
    const number = ++this.#number;
    const stream: StreamName = {
      project: 'default',
      streamId: `@probe-${this.#name}-${number % STREAMS}`,
    };
    const event = randomBytes(16);
    let heard = (): void => {};
    const rung = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const listener = await this.#log.listen(stream, () => heard());
    try {
      const { position } = await this.#log.append(
        { ...stream, producer: 'probe', number, fin: true, events: [event], blobs: [], refs: [] },
        { maxEntries: 1 },
      );
      await Promise.race([rung, failed]);
      const entry = await this.#log.entry(stream, position);
      if (entry === undefined || Buffer.compare(entry.events.subarray(-16), event) !== 0)
        throw unavailable('an entry that was just written could not be read back');
    } finally {
      listener.close();
    }
  }
}
