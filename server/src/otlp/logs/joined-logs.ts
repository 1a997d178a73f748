import { LRUCache } from 'lru-cache';
import { groupBy } from '../group-by.ts';
import type { SpanLogRecord } from '../request.ts';
import type { Piece } from '../spans/append-parts.ts';
import { JoinedSpan } from './joined-span.ts';

/** Of what is remembered of spans that log records came of. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Joins log records to their spans. A record that comes again, and a request that is sent again
 * after a failure, give the same updates: the log knows them.
 */
export class JoinedLogs {
  readonly #spans = new LRUCache<string, JoinedSpan>({
    maxSize: MOST_BYTES,
    sizeCalculation: ({ bytes }) => bytes,
  });

  /** Updates for the spans that the records of one trace name; `commit` when they are in the log. */
  join(records: readonly SpanLogRecord[]): { pieces: Piece[]; commit: () => void } {
    const joined = [...groupBy(records, ({ spanId }) => spanId)].map(([spanId, list]) => {
      const traceId = list[0]?.traceId ?? '';
      const key = `${traceId}${spanId}`;
      const span = this.#spans.get(key) ?? new JoinedSpan();
      const { pieces, commit } = span.join(traceId, spanId, list);
      // Setting it anew counts its bytes anew.
      this.#spans.delete(key);
      this.#spans.set(key, span);
      return { pieces, commit };
    });
    return {
      pieces: joined.flatMap(({ pieces }) => pieces),
      commit: () => {
        for (const { commit } of joined) commit();
      },
    };
  }
}
