import type { TraceId } from '@spantail/protocol';
import { TraceMemory } from './trace-memory.ts';

/** Spans and references remembered in all. Some 100 bytes each. */
const MOST = 400_000;
const OF_A_TRACE = 10;

interface Entry {
  memory: TraceMemory;
  /** When it was last counted. */
  size: number;
}

/**
 * What this gateway has brought to the log lately, bounded. It saves the log from repeats and tells
 * when a trace has nothing open; another gateway without it writes events that change nothing.
 */
export class SpanMemory {
  readonly #traces = new Map<TraceId, Entry>();
  #size = 0;

  /** Changes the memory of a trace with `use` and makes it the newest. */
  use<T>(traceId: TraceId, use: (memory: TraceMemory) => T): T {
    const entry = this.#traces.get(traceId) ?? { memory: new TraceMemory(), size: 0 };
    const result = use(entry.memory);
    this.#traces.delete(traceId);
    this.#traces.set(traceId, entry);
    const size = entry.memory.size + OF_A_TRACE;
    this.#size += size - entry.size;
    entry.size = size;
    for (const [oldest, { size }] of this.#traces) {
      if (this.#size <= MOST || oldest === traceId) break;
      this.#traces.delete(oldest);
      this.#size -= size;
    }
    return result;
  }
}
