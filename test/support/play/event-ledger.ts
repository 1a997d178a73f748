import type { Payload, TraceEvent, TraceId } from '@spantail/protocol';
import type { JsonValue, PlaySink } from '../../../server/src/play/index.ts';

/** A sink that keeps what is published, in order, and lets a test wait for it. */
export class EventLedger implements PlaySink {
  readonly events: { traceId: TraceId; event: TraceEvent }[] = [];
  flushes = 0;
  readonly #waiting: { holds: () => boolean; resolve: () => void }[] = [];

  publish(traceId: TraceId, event: TraceEvent): void {
    this.events.push({ traceId, event });
    const waiting = this.#waiting.splice(0);
    for (const waiter of waiting)
      if (waiter.holds()) waiter.resolve();
      else this.#waiting.push(waiter);
  }

  payload(_: TraceId, value: JsonValue): Payload {
    const parts = Array.isArray(value)
      ? value.map((part) => JSON.stringify(part))
      : [typeof value === 'string' ? value : JSON.stringify(value)];
    return {
      mediaType: typeof value === 'string' ? 'text/plain' : 'application/json',
      bytes: parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0),
      preview: parts.join(',').slice(0, 200),
      parts,
      ...(Array.isArray(value) ? { list: true as const } : {}),
    };
  }

  async flush(): Promise<void> {
    this.flushes++;
  }

  /** Resolves once an event like this was published. */
  async until(matches: (event: TraceEvent) => boolean): Promise<void> {
    await this.#until(() => this.events.some(({ event }) => matches(event)));
  }

  /** Resolves once so many spans have opened. */
  async untilSpans(count: number): Promise<void> {
    await this.#until(
      () => this.events.filter(({ event }) => event.type === 'open').length >= count,
    );
  }

  async #until(holds: () => boolean): Promise<void> {
    if (holds()) return;
    await new Promise<void>((resolve) => this.#waiting.push({ holds, resolve }));
  }

  of(traceId: TraceId): TraceEvent[] {
    return this.events.filter((item) => item.traceId === traceId).map(({ event }) => event);
  }

  /** Spans opened and not closed. */
  stillOpen(): string[] {
    const open = new Set<string>();
    for (const { event } of this.events)
      if (event.type === 'open') open.add(event.spanId);
      else if (event.type === 'close') open.delete(event.spanId);
    return [...open];
  }
}

/** Every rule a published trace must keep; empty when it does. */
export function eventProblems(events: readonly TraceEvent[]): string[] {
  const problems: string[] = [];
  const seqs = new Map<string, number>();
  const closed = new Set<string>();
  for (const event of events) {
    const seq = seqs.get(event.spanId);
    if (event.type === 'open') {
      if (seq !== undefined) problems.push(`${event.spanId} opens twice`);
      if (event.parentSpanId !== undefined && !seqs.has(event.parentSpanId))
        problems.push(`${event.spanId} opens ahead of its parent`);
      seqs.set(event.spanId, 0);
    } else if (seq === undefined) problems.push(`${event.type} ahead of opening`);
    else if (closed.has(event.spanId)) problems.push(`${event.type} behind the end`);
    else if (event.type === 'close') closed.add(event.spanId);
    else {
      if (event.seq !== seq) problems.push(`update ${event.seq} in place of ${seq}`);
      seqs.set(event.spanId, seq + 1);
    }
  }
  for (const spanId of seqs.keys()) if (!closed.has(spanId)) problems.push(`${spanId} stays open`);
  return problems;
}
