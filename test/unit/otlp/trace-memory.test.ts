import type { OtelSpan } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { encodeSpan } from '../../../server/src/otlp/spans/encode-span.ts';
import { SpanMemory } from '../../../server/src/otlp/spans/span-memory.ts';
import { TraceMemory } from '../../../server/src/otlp/spans/trace-memory.ts';

function span(rest: Partial<OtelSpan> = {}): OtelSpan {
  return {
    traceId: 'a'.repeat(32),
    spanId: '1'.repeat(16),
    name: 'work',
    startUs: 1_000,
    status: 'unset',
    attributes: {},
    events: [],
    links: [],
    resource: {},
    ...rest,
  };
}

function ended(rest: Partial<OtelSpan> = {}): OtelSpan {
  return span({ endUs: 2_000, ...rest });
}

/** How many events of a span are news. */
function newsOf(memory: TraceMemory, one: OtelSpan, before = new Map()): number {
  return memory.take(encodeSpan(one), before).filter(({ news }) => news !== undefined).length;
}

function id(index: number): string {
  return (index + 1).toString(16).padStart(16, '0');
}

describe('what is remembered of a trace', () => {
  it('[OT8, OT12] says what is news, once', () => {
    const memory = new TraceMemory();
    expect(newsOf(memory, span())).toBe(1);
    expect(newsOf(memory, span())).toBe(0);
    expect(memory.openCount).toBe(1);
    expect(newsOf(memory, span({ attributes: { a: 1 } }))).toBe(1);
    expect(newsOf(memory, span())).toBe(0);
    // Changed in place.
    expect(newsOf(memory, span({ attributes: { a: 2 } }))).toBe(1);
    expect(newsOf(memory, ended({ attributes: { a: 2 } }))).toBe(2);
    expect(memory.openCount).toBe(0);
    expect(memory.rootEnded).toBe(true);
    expect(newsOf(memory, span({ attributes: { a: 3, b: 4 } }))).toBe(0);
    expect(memory.openCount).toBe(0);
  });

  it('[OT12] goes back to what it was when a batch failed', () => {
    const memory = new TraceMemory();
    newsOf(memory, span({ attributes: { a: 1 } }));
    const before = new Map();
    newsOf(memory, span({ attributes: { a: 2 } }), before);
    newsOf(memory, ended({ attributes: { a: 2 } }), before);
    newsOf(memory, ended({ spanId: id(7) }), before);
    memory.restore(before);
    expect(memory.openCount).toBe(1);
    expect(newsOf(memory, span({ attributes: { a: 1 } }))).toBe(0);
    expect(newsOf(memory, ended({ attributes: { a: 2 } }))).toBe(2);
    expect(newsOf(memory, ended({ spanId: id(7) }))).toBe(2);
  });

  it('[OT18] is bounded, and forgets first what has ended', () => {
    const memory = new TraceMemory();
    for (let i = 0; i < 1_000; i++) newsOf(memory, span({ spanId: id(i) }));
    for (let i = 1_000; i < 60_000; i++) newsOf(memory, ended({ spanId: id(i) }));
    expect(memory.size).toBeLessThanOrEqual(50_000);
    expect(memory.openCount).toBe(1_000);
    for (let i = 60_000; i < 120_000; i++) newsOf(memory, span({ spanId: id(i) }));
    expect(memory.size).toBeLessThanOrEqual(50_000);
    expect(memory.openCount).toBeLessThanOrEqual(50_000);
    const refs = Array.from({ length: 30_000 }, (_, i) => `ref ${i}`);
    memory.learnBlobs(refs);
    expect(memory.blobs.size).toBeLessThanOrEqual(20_000);
  });

  it('[OT18] is bounded over all traces, and forgets the oldest', () => {
    const memory = new SpanMemory();
    const traceId = (index: number) => `c${index.toString(16).padStart(31, '0')}`;
    const encoded = encodeSpan(span());
    const isNews = (index: number) =>
      memory.use(traceId(index), (trace) =>
        trace.take(encoded, new Map()).some(({ news }) => news !== undefined),
      );
    for (let i = 0; i < 50_000; i++) expect(isNews(i)).toBe(true);
    expect(isNews(49_999)).toBe(false);
    expect(isNews(0)).toBe(true);
  });
});
