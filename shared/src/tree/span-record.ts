import type {
  Attributes,
  CloseEvent,
  OpenEvent,
  SpanError,
  SpanLink,
  SpanLog,
  SpanStatus,
  SpanType,
  TraceEvent,
  UpdateEvent,
  Usage,
} from '../event/event.ts';
import type { SpanId } from '../ids.ts';
import type { Payload } from '../payload/payload.ts';
import { canonical } from './canonical.ts';
import { chooseClose, chooseOpen } from './choose.ts';
import { PartialOutput } from './partial-output.ts';
import type { SpanNode, SpanState } from './span-node.ts';

/** An event that changed a span, and what its fields were before. */
export interface Taken {
  readonly event: TraceEvent;
  /** What told the same of the span: its open, its close, or the update with this `seq`. */
  readonly replaced: TraceEvent | undefined;
  /** {@link PartialOutput.highest} before. */
  readonly highestSeq: number;
}

/** One span as its chosen events tell it; everything else is derived when asked for. */
export class SpanRecord implements SpanNode {
  readonly spanId: SpanId;
  orphan = false;
  /** When its open was first seen, counted over the tree: the order of the log. */
  openedAt = Number.POSITIVE_INFINITY;
  readonly childRecords: SpanRecord[] = [];
  childrenSorted = true;
  #open: OpenEvent | undefined;
  #close: CloseEvent | undefined;
  readonly #updates = new PartialOutput();
  #attributes: Attributes | undefined;

  constructor(spanId: SpanId) {
    this.spanId = spanId;
  }

  /** Takes one event. Answers whether the span changed, and which event told the same of it before. */
  take(event: TraceEvent): { changed: boolean; replaced: TraceEvent | undefined } {
    if (event.type === 'update') {
      const taken = this.#updates.add(event);
      if (taken.changed) this.#attributes = undefined;
      return taken;
    }
    const before = this.#slot(event);
    if (event.type === 'open') this.#open = chooseOpen(this.#open, event);
    else this.#close = chooseClose(this.#close, event);
    const after = this.#slot(event);
    const changed =
      before !== after && (before === undefined || canonical(before) !== canonical(after));
    if (changed) this.#attributes = undefined;
    return { changed, replaced: before };
  }

  /** Undoes {@link SpanRecord.take} of an event that changed something. */
  takeBack({ event, replaced, highestSeq }: Taken): void {
    this.#attributes = undefined;
    if (event.type === 'update') {
      this.#updates.takeBack(event, replaced as UpdateEvent | undefined, highestSeq);
      return;
    }
    if (event.type === 'close') {
      this.#close = replaced as CloseEvent | undefined;
      return;
    }
    this.#open = replaced as OpenEvent | undefined;
    if (replaced === undefined) this.openedAt = Number.POSITIVE_INFINITY;
  }

  #slot(event: TraceEvent): OpenEvent | CloseEvent | undefined {
    if (event.type === 'open') return this.#open;
    return event.type === 'close' ? this.#close : undefined;
  }

  get parentSpanId(): SpanId | undefined {
    return this.#open?.parentSpanId;
  }

  get state(): SpanState {
    if (this.#close !== undefined) return this.#close.reason === 'lost' ? 'lost' : 'closed';
    return this.#open === undefined ? 'unknown' : 'open';
  }

  get name(): string {
    return this.#latest((update) => update.name) ?? this.#open?.name ?? '';
  }

  get spanType(): SpanType {
    return this.#latest((update) => update.spanType) ?? this.#open?.spanType ?? 'step';
  }

  get input(): Payload | undefined {
    return this.#latest((update) => update.input) ?? this.#open?.input;
  }

  get status(): SpanStatus {
    return this.#close?.status ?? 'unset';
  }

  get startUs(): number | undefined {
    return this.#open?.startUs;
  }

  get endUs(): number | undefined {
    return this.#close?.endUs;
  }

  get attributes(): Readonly<Attributes> {
    // No prototype: an attribute may be called __proto__.
    this.#attributes ??= Object.assign(
      Object.create(null) as Attributes,
      this.#open?.attributes,
      ...this.#updates.rich.map((update) => update.attributes),
      this.#close?.attributes,
    );
    return this.#attributes ?? {};
  }

  get output(): Payload | undefined {
    return this.#close?.output ?? this.#latest((update) => update.output);
  }

  /** See {@link PartialOutput.highest}. */
  get highestSeq(): number {
    return this.#updates.highest;
  }

  get outputText(): string {
    return this.#updates.text;
  }

  get outputComplete(): boolean {
    if (this.#close === undefined) return false;
    return this.output !== undefined || this.#updates.contiguous;
  }

  get error(): SpanError | undefined {
    return this.#close?.error;
  }

  get usage(): Usage | undefined {
    return this.#close?.usage;
  }

  get logs(): readonly SpanLog[] {
    return [
      ...(this.#open?.logs ?? []),
      ...this.#updates.rich.flatMap((update) => update.logs ?? []),
    ];
  }

  get links(): readonly SpanLink[] {
    return this.#open?.links ?? [];
  }

  get children(): readonly SpanNode[] {
    if (!this.childrenSorted) {
      this.childRecords.sort(bySiblingOrder);
      this.childrenSorted = true;
    }
    return this.childRecords;
  }

  #latest<T>(pick: (update: UpdateEvent) => T | undefined): T | undefined {
    const { rich } = this.#updates;
    for (let i = rich.length - 1; i >= 0; i--) {
      const update = rich[i];
      const value = update === undefined ? undefined : pick(update);
      if (value !== undefined) return value;
    }
    return undefined;
  }
}

/** By start, then by the order of the opens in the log; without a start last, by id. */
export function bySiblingOrder(a: SpanRecord, b: SpanRecord): number {
  if (a.startUs !== b.startUs)
    return (a.startUs ?? Number.POSITIVE_INFINITY) - (b.startUs ?? Number.POSITIVE_INFINITY);
  if (a.openedAt !== b.openedAt) return a.openedAt - b.openedAt;
  return a.spanId < b.spanId ? -1 : 1;
}
