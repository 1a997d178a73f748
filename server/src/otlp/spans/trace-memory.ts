import type { SpanId } from '@spantail/protocol';
import type { Piece } from './append-parts.ts';
import type { EncodedSpan } from './encode-span.ts';

/** Of one trace: a retry comes within minutes, not after so many others. */
const MOST_SPANS = 50_000;
/** Blobs of one trace that the log is known to have. */
const MOST_BLOBS = 20_000;

interface KnownSpan {
  /** As the newest snapshot has it by itself. */
  revision: number;
  openCheck: number;
  /** As it was written: above those of the snapshots before. */
  writtenRevision: number;
  /** Absent: it is open. */
  closeCheck?: number;
}

/** What was known of spans before a batch. */
export type Before = Map<SpanId, KnownSpan | undefined>;

/** What this gateway has brought to the log of one trace. */
export class TraceMemory {
  /** References in hex. */
  readonly blobs = new Set<string>();
  readonly #spans = new Map<SpanId, KnownSpan>();
  #openCount = 0;
  #rootEnded = false;

  get openCount(): number {
    return this.#openCount;
  }

  /** With its root a run ends, if nothing else of it is known to be open. */
  get rootEnded(): boolean {
    return this.#rootEnded;
  }

  /** What it takes, in spans and the like. */
  get size(): number {
    return this.#spans.size + this.blobs.size;
  }

  /**
   * The span's events, and what of them is news; it is known from now on, and `before` keeps what was.
   * A snapshot that comes behind a fuller one or behind the end says nothing, and so does what was
   * said before.
   */
  take(span: EncodedSpan, before: Before): Piece[] {
    const known = this.#spans.get(span.spanId);
    if (!before.has(span.spanId)) before.set(span.spanId, known && { ...known });
    if (span.isRoot && span.close !== undefined) this.#rootEnded = true;
    const pieces = [openPiece(span, known)];
    if (span.close !== undefined) pieces.push(closePiece(span.close, known));
    if (pieces.some(({ news }) => news !== undefined)) this.#learn(span, known);
    return pieces;
  }

  /** As if the batch had never come. */
  restore(before: Before): void {
    for (const [spanId, known] of before) {
      this.#forget(spanId);
      if (known === undefined) continue;
      this.#spans.set(spanId, known);
      if (known.closeCheck === undefined) this.#openCount++;
    }
  }

  learnBlobs(refs: Iterable<string>): void {
    for (const ref of refs) this.blobs.add(ref);
    if (this.blobs.size > MOST_BLOBS) this.blobs.clear();
  }

  #learn(span: EncodedSpan, known: KnownSpan | undefined): void {
    const wasOpen = known !== undefined && known.closeCheck === undefined;
    const next = known ?? { revision: -1, writtenRevision: -1, openCheck: 0 };
    if (isNewer(span, next)) {
      next.writtenRevision = Math.max(span.revision, next.writtenRevision + 1);
      next.revision = span.revision;
      next.openCheck = span.open.check;
    }
    if (span.close !== undefined) next.closeCheck = span.close.check;
    this.#openCount += Number(next.closeCheck === undefined) - Number(wasOpen);
    this.#spans.set(span.spanId, next);
    if (this.#spans.size > MOST_SPANS) this.#forgetOld();
  }

  /** A tenth: the oldest that have ended, then the oldest. */
  #forgetOld(): void {
    const goal = MOST_SPANS * 0.9;
    for (const [spanId, { closeCheck }] of this.#spans) {
      if (this.#spans.size <= goal) return;
      if (closeCheck !== undefined) this.#forget(spanId);
    }
    for (const spanId of this.#spans.keys()) {
      if (this.#spans.size <= goal) return;
      this.#forget(spanId);
    }
  }

  #forget(spanId: SpanId): void {
    const known = this.#spans.get(spanId);
    if (known === undefined) return;
    if (known.closeCheck === undefined) this.#openCount--;
    this.#spans.delete(spanId);
  }
}

function openPiece(span: EncodedSpan, known: KnownSpan | undefined): Piece {
  const said = span.open;
  if (known === undefined) return { said, news: said };
  if (!isNewer(span, known)) return { said };
  // Changed in place, it is no fuller than the one before, but it is newer.
  const isFuller = span.revision > known.writtenRevision;
  return { said, news: isFuller ? said : span.openAs(known.writtenRevision + 1) };
}

function closePiece(said: Piece['said'], known: KnownSpan | undefined): Piece {
  return known?.closeCheck === said.check ? { said } : { said, news: said };
}

function isNewer(span: EncodedSpan, known: KnownSpan): boolean {
  return span.revision >= known.revision && span.open.check !== known.openCheck;
}
