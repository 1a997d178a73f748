import { SPAN_TYPES, type SpanNode } from '@spantail/protocol';

/** Of a span in {@link OutlineColumns.trouble}: nothing failed in it or below it. */
export const FINE = 0;
/** Something below it failed or was lost. */
export const BELOW = 1;
/** It failed or was lost itself. */
export const ITSELF = 2;

/** A run's spans depth first, in columns that are used again each time. */
export class OutlineColumns {
  /** Parents before children. */
  readonly spans: SpanNode[] = [];
  /** 0 for roots. */
  depths = new Uint32Array(64);
  /** Index behind the last span below it. */
  ends = new Uint32Array(64);
  /** Microseconds since the epoch; NaN while not known. */
  startsUs = new Float64Array(64);
  /** NaN while it is open. */
  endsUs = new Float64Array(64);
  trouble = new Uint8Array(64);
  /** Index into SPAN_TYPES. */
  types = new Uint8Array(64);

  /** Makes room; what is there stays. */
  reserve(count: number): void {
    if (count <= this.depths.length) return;
    const size = Math.max(count, this.depths.length * 2);
    this.depths = grown(this.depths, new Uint32Array(size));
    this.ends = grown(this.ends, new Uint32Array(size));
    this.startsUs = grown(this.startsUs, new Float64Array(size));
    this.endsUs = grown(this.endsUs, new Float64Array(size));
    this.trouble = grown(this.trouble, new Uint8Array(size));
    this.types = grown(this.types, new Uint8Array(size));
  }

  /** Reads what may change while a span is open. */
  read(index: number, span: SpanNode): void {
    const { state } = span;
    this.startsUs[index] = span.startUs ?? Number.NaN;
    this.endsUs[index] = span.endUs ?? Number.NaN;
    this.trouble[index] = state === 'lost' || span.status === 'error' ? ITSELF : FINE;
    this.types[index] = SPAN_TYPES.indexOf(span.spanType);
  }

  /** What another one knew of the same span. */
  copy(index: number, from: OutlineColumns, at: number): void {
    this.startsUs[index] = from.startsUs[at] ?? Number.NaN;
    this.endsUs[index] = from.endsUs[at] ?? Number.NaN;
    this.trouble[index] = from.trouble[at] === ITSELF ? ITSELF : FINE;
    this.types[index] = from.types[at] ?? 0;
  }

  /** From the last to the first: everything below a span stands behind it. */
  spreadTrouble(): void {
    const { trouble, depths } = this;
    /** Whatever stands before and is shallower than this is above the trouble seen last. */
    let rising = 0;
    for (let i = this.spans.length - 1; i >= 0; i--) {
      const depth = depths[i] ?? 0;
      if (depth < rising) {
        if (trouble[i] === FINE) trouble[i] = BELOW;
        rising = depth;
      } else if (trouble[i] === ITSELF) rising = depth;
    }
  }
}

function grown<T extends Uint8Array | Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
