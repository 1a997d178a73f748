import type { SpanId, TraceId } from '@spantail/protocol';
import type { EncodedEvent, EncodedSpan } from './encode-span.ts';

/** Spans remembered in all. Some 100 bytes each. */
const MOST_SPANS = 200_000;
/** Of one trace, closed ones: a retry comes within minutes, not after so many others. */
const MOST_SPANS_OF_A_TRACE = 50_000;
/** Blobs of one trace that the log is known to have. */
const MOST_BLOBS_OF_A_TRACE = 20_000;

interface KnownSpan {
  /** As the newest snapshot has it by itself. */
  revision: number;
  openCheck: number;
  /** As it was written: above those of the snapshots before. */
  writtenRevision: number;
  /** Absent: it is open. */
  closeCheck?: number;
}

/** What this gateway has brought to the log of one trace. */
export class TraceMemory {
  readonly spans = new Map<SpanId, KnownSpan>();
  /** References in hex. */
  readonly blobs = new Set<string>();
  openCount = 0;

  /** What of the span is new, which is known from now on. */
  take(span: EncodedSpan): EncodedEvent[] {
    const news = this.#news(span);
    if (news.length > 0) this.#learn(span);
    return news;
  }

  /** As if these spans had never come. */
  forget(spanIds: readonly SpanId[]): void {
    for (const spanId of spanIds) {
      const known = this.spans.get(spanId);
      if (known !== undefined && known.closeCheck === undefined) this.openCount--;
      this.spans.delete(spanId);
    }
  }

  learnBlobs(refs: Iterable<string>): void {
    for (const ref of refs) this.blobs.add(ref);
    if (this.blobs.size > MOST_BLOBS_OF_A_TRACE) this.blobs.clear();
  }

  /**
   * What of the span is new. A snapshot that comes behind a fuller one or behind the end says
   * nothing, and so does what was said before.
   */
  #news(span: EncodedSpan): EncodedEvent[] {
    const known = this.spans.get(span.spanId);
    if (known === undefined)
      return span.close === undefined ? [span.open] : [span.open, span.close];
    const news: EncodedEvent[] = [];
    if (span.revision >= known.revision && span.open.check !== known.openCheck)
      // Changed in place, it is no fuller than the one before, but it is newer.
      news.push(
        span.revision > known.writtenRevision ? span.open : span.openAs(known.writtenRevision + 1),
      );
    if (span.close !== undefined && span.close.check !== known.closeCheck) news.push(span.close);
    return news;
  }

  #learn(span: EncodedSpan): void {
    const known = this.spans.get(span.spanId);
    const wasOpen = known !== undefined && known.closeCheck === undefined;
    const next = known ?? { revision: -1, writtenRevision: -1, openCheck: 0 };
    if (span.revision >= next.revision && span.open.check !== next.openCheck) {
      next.writtenRevision = Math.max(span.revision, next.writtenRevision + 1);
      next.revision = span.revision;
      next.openCheck = span.open.check;
    }
    if (span.close !== undefined) next.closeCheck = span.close.check;
    this.openCount += Number(next.closeCheck === undefined) - Number(wasOpen);
    this.spans.set(span.spanId, next);
    if (this.spans.size > MOST_SPANS_OF_A_TRACE) this.#forgetClosed();
  }

  /** The oldest tenth, but none that is open. */
  #forgetClosed(): void {
    let left = MOST_SPANS_OF_A_TRACE / 10;
    for (const [spanId, { closeCheck }] of this.spans) {
      if (closeCheck === undefined) continue;
      this.spans.delete(spanId);
      if (--left === 0) return;
    }
  }
}

/**
 * What this gateway has brought to the log lately, bounded. It saves the log from repeats and tells
 * when a trace has nothing open; another gateway without it writes events that change nothing.
 */
export class SpanMemory {
  readonly #traces = new Map<TraceId, TraceMemory>();
  #spans = 0;

  /** Changes `memory` with `use` and makes it the newest. */
  use<T>(traceId: TraceId, use: (memory: TraceMemory) => T): T {
    const memory = this.#traces.get(traceId) ?? new TraceMemory();
    const before = memory.spans.size;
    const result = use(memory);
    this.#traces.delete(traceId);
    this.#traces.set(traceId, memory);
    this.#spans += memory.spans.size - before;
    for (const [oldest, { spans }] of this.#traces) {
      if (this.#spans <= MOST_SPANS || oldest === traceId) break;
      this.#traces.delete(oldest);
      this.#spans -= spans.size;
    }
    return result;
  }
}
