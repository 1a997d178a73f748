import type { SpanId, TimeUs } from '@spantail/protocol';

interface Placed {
  spanId: SpanId;
  parentSpanId?: SpanId;
  startUs: TimeUs;
  /** Absent: it has not ended. */
  endUs?: TimeUs;
}

/** By start time, but never a child ahead of its parent. Parents in a circle count as unknown. */
export function parentsFirst<Span extends Placed>(spans: readonly Span[]): Span[] {
  const endOf = ({ endUs = Infinity }: Placed): number => endUs;
  const byStart = spans.toSorted(
    (a, b) => a.startUs - b.startUs || (endOf(a) === endOf(b) ? 0 : endOf(b) - endOf(a)),
  );
  const byId = new Map(byStart.map((span) => [span.spanId, span]));
  const placed = new Set<Span>();
  for (const span of byStart) {
    const chain = new Set<Span>();
    let at: Span | undefined = span;
    while (at !== undefined && !placed.has(at) && !chain.has(at)) {
      chain.add(at);
      at = at.parentSpanId === undefined ? undefined : byId.get(at.parentSpanId);
    }
    for (const item of [...chain].reverse()) placed.add(item);
  }
  return [...placed];
}
