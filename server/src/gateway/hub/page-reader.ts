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
  readonly #inFlight = new Map<string, Promise<Page | undefined>>();

  constructor(log: EventLog, cacheBytes: number) {
    this.#log = log;
    this.#pages = new LRUCache({
      maxSize: cacheBytes,
      sizeCalculation: (page) => 2 * page.frame.byteLength + 1024,
    });
  }

  /**
   * The next page behind `from`, as far as `until` (absent: the tail); `undefined` when there is
   * nothing. When entries behind `from` were trimmed, the page begins behind the gap.
   */
  read(
    stream: StreamName,
    epoch: string,
    names: CursorNames,
    from: Place,
    until?: string,
  ): Promise<Page | undefined> {
    const key = `${stream.project}/${stream.streamId}/${epoch}/${from.position}`;
    const flightKey = `${key}/${until ?? ''}`;
    const kept = this.#pages.get(key) ?? this.#pages.get(flightKey);
    if (kept !== undefined) return Promise.resolve(kept);
    const flying = this.#inFlight.get(flightKey);
    if (flying !== undefined) return flying;
    const flight = this.#fetch(stream, names, from, until, key).finally(() => {
      this.#inFlight.delete(flightKey);
    });
    this.#inFlight.set(flightKey, flight);
    return flight;
  }

  async #fetch(
    stream: StreamName,
    names: CursorNames,
    from: Place,
    until: string | undefined,
    key: string,
  ): Promise<Page | undefined> {
    const entries = await this.#log.read(stream, {
      after: from.position,
      ...(until === undefined ? {} : { until }),
      ...BOUNDS,
    });
    if (entries.length === 0) return undefined;
    const begin = await this.#provenBegin(stream, from, until, entries[0]?.position ?? '');
    const page = makePage(stream.streamId, names, begin, entries, BOUNDS);
    // A page that hit a bound will never change, nor will what lies between two entries; one at the
    // tail will be longer for the next viewer.
    if (page.full) this.#pages.set(key, page);
    else if (page.to.position === until) this.#pages.set(`${key}/${until}`, page);
    return page;
  }

  /**
   * `from`, unless its entry is gone: then others behind it may be, too. Asked only where that can
   * be: not at the tail of a trace, which is trimmed behind its readers.
   */
  async #provenBegin(
    stream: StreamName,
    from: Place,
    until: string | undefined,
    firstRead: string,
  ): Promise<Place> {
    if (until === undefined && !stream.streamId.startsWith('@')) return from;
    const tail = await this.#log.tail(stream);
    if (tail === undefined || comparePositions(from.position, tail.first) >= 0) return from;
    return from.position === placeBefore(tail.first).position ? from : placeBefore(firstRead);
  }
}
