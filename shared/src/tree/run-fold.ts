import type { SpanStatus, TimeUs, TraceEvent } from '../event/event.ts';
import type { SpanId } from '../ids.ts';

interface LightSpan {
  root: boolean;
  ended: boolean;
  startUs: TimeUs | undefined;
  name: string;
  nameSeq: number;
  service: string | undefined;
  status: SpanStatus;
}

/**
 * How a run goes, without its content: what the feed of runs says. Keeps a few words for each span
 * and no payload. The run is named after its root; of several, the earliest.
 */
export class RunFold {
  readonly #spans = new Map<SpanId, LightSpan>();
  #open = 0;
  #root: LightSpan | undefined;
  #endUs: TimeUs | undefined;

  apply(event: TraceEvent): void {
    const span = this.#span(event.spanId);
    switch (event.type) {
      case 'open': {
        if (span.startUs !== undefined && span.startUs <= event.startUs) return;
        span.startUs = event.startUs;
        span.root = event.parentSpanId === undefined;
        if (span.nameSeq < 0) span.name = event.name;
        const service = event.attributes?.['service.name'];
        if (typeof service === 'string') span.service = service;
        this.#consider(span);
        return;
      }
      case 'update':
        if (event.name === undefined || event.seq < span.nameSeq) return;
        span.name = event.name;
        span.nameSeq = event.seq;
        return;
      case 'close':
        if (!span.ended) this.#open--;
        span.ended = true;
        span.status = event.status;
        this.#endUs = Math.max(this.#endUs ?? 0, event.endUs);
    }
  }

  #span(spanId: SpanId): LightSpan {
    let span = this.#spans.get(spanId);
    if (span === undefined) {
      span = {
        root: false,
        ended: false,
        startUs: undefined,
        name: '',
        nameSeq: -1,
        service: undefined,
        status: 'unset',
      };
      this.#spans.set(spanId, span);
      this.#open++;
    }
    return span;
  }

  #consider(span: LightSpan): void {
    const best = this.#root;
    if (best === undefined) this.#root = span;
    else if (span.root !== best.root) this.#root = span.root ? span : best;
    else if ((span.startUs ?? 0) < (best.startUs ?? 0)) this.#root = span;
  }

  /** Spans that have not ended. */
  get open(): number {
    return this.#open;
  }

  get name(): string {
    return this.#root?.name ?? '';
  }

  get service(): string | undefined {
    return this.#root?.service;
  }

  get startUs(): TimeUs | undefined {
    return this.#root?.startUs;
  }

  /** The latest end so far. */
  get endUs(): TimeUs | undefined {
    return this.#endUs;
  }

  get rootStatus(): SpanStatus {
    return this.#root?.status ?? 'unset';
  }
}
