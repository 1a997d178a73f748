import { LIMITS, comparePositions } from '@spantail/protocol';
import { LRUCache } from 'lru-cache';
import type { EventLog, StreamName } from '../../log/event-log.ts';
import { makePage, placeBefore, type CursorNames, type Page, type Place } from './page.ts';

/** Of one page at most: a frame's size, and the time one read holds the log. */
const BOUNDS = { maxEntries: 1_000, maxBytes: LIMITS.frameBytes };

/**
 * The one read routine for catch-up and live. Reads of the same place happen once, whoever asks
 * (single flight), and full pages are kept for a while: a thousand viewers of one cold trace cost
 * one pass over it.
 */
export class PageReader {
  readonly #log: EventLog;
  readonly #pages: LRUCache<string, Page>;
  readonly #inFlight = new Map<string, Promise<Page | 'other-history' | undefined>>();

  constructor(log: EventLog, cacheBytes: number) {
    this.#log = log;
    this.#pages = new LRUCache({
      maxSize: cacheBytes,
      sizeCalculation: (page) => 2 * page.frame.byteLength + 1024,
    });
  }

  /**
   * The next page behind `from`, as far as `until` (absent: the tail); `undefined` when there is
   * nothing. When entries behind `from` were trimmed, the page begins behind the gap. When the entry
   * at `from` is gone otherwise, what is there does not go on from it: `other-history`.
   */
  read(
    stream: StreamName,
    epoch: string,
    names: CursorNames,
    from: Place,
    until?: string,
  ): Promise<Page | 'other-history' | undefined> {
    const key = `${stream.project}/${stream.streamId}/${epoch}/${from.position}`;
    const flightKey = `${key}/${until ?? ''}`;
    const kept = this.#pages.get(key) ?? this.#pages.get(flightKey);
    if (kept !== undefined) return Promise.resolve(kept);
    const flying = this.#inFlight.get(flightKey);
    if (flying !== undefined) return flying;
    const flight = this.#fetch(stream, epoch, names, from, until, key).finally(() => {
      this.#inFlight.delete(flightKey);
    });
    this.#inFlight.set(flightKey, flight);
    return flight;
  }

  async #fetch(
    stream: StreamName,
    epoch: string,
    names: CursorNames,
    from: Place,
    until: string | undefined,
    key: string,
  ): Promise<Page | 'other-history' | undefined> {
    const options = {
      after: from.position,
      ...(until === undefined ? {} : { until }),
      ...BOUNDS,
    };
    let begin: Place | undefined = from;
    let entries = await this.#log.readProven(stream, options);
    if (entries === undefined) {
      entries = await this.#log.read(stream, options);
      begin = await this.#beginBehindGap(stream, epoch, from, entries[0]?.position);
    }
    if (entries.length === 0) return undefined;
    if (begin === undefined) return 'other-history';
    const page = makePage(stream.streamId, names, begin, entries, BOUNDS);
    // A page that hit a bound will never change, nor will what lies between two entries; one at the
    // tail will be longer for the next viewer.
    if (page.full) this.#pages.set(key, page);
    else if (page.to.position === until) this.#pages.set(`${key}/${until}`, page);
    return page;
  }

  /**
   * Where a page begins when the entry at `from` is not there: behind what was trimmed. `undefined`
   * when it was not trimmed, but is of another history. Asked after the read, so that the epoch holds
   * for what was read.
   */
  async #beginBehindGap(
    stream: StreamName,
    epoch: string,
    from: Place,
    firstRead: string | undefined,
  ): Promise<Place | undefined> {
    const tail = await this.#log.tail(stream);
    if (tail?.epoch !== epoch || firstRead === undefined) return undefined;
    if (comparePositions(from.position, tail.first) >= 0) return undefined;
    return from.position === placeBefore(tail.first).position ? from : placeBefore(firstRead);
  }
}
