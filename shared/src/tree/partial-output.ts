import { BESIDE_SEQ, type UpdateEvent } from '../event/event.ts';
import { chooseUpdate } from './choose.ts';

/** A span's updates by `seq`, whatever the order they came in, and the text they add up to. */
export class PartialOutput {
  /** Updates that carry more than output, by ascending `seq`. */
  readonly rich: UpdateEvent[] = [];
  readonly #bySeq = new Map<number, UpdateEvent>();
  #text = '';
  #next = 0;
  #highest = -1;

  /** Whether it changed anything, and the update with the same `seq` before. */
  add(update: UpdateEvent): { changed: boolean; replaced: UpdateEvent | undefined } {
    const { seq } = update;
    const before = this.#bySeq.get(seq);
    if (before === update) return { changed: false, replaced: before };
    const chosen = chooseUpdate(before, update);
    if (chosen === before) return { changed: false, replaced: before };
    this.#bySeq.set(seq, chosen);
    if (seq < BESIDE_SEQ) this.#highest = Math.max(this.#highest, seq);
    if (before !== undefined) {
      this.#removeRich(before);
      if (seq < this.#next) this.#restart();
    }
    if (isRich(chosen)) this.#insertRich(chosen);
    this.#advance();
    return { changed: true, replaced: before };
  }

  /** Undoes {@link PartialOutput.add}, which had changed something and was called last. */
  takeBack(update: UpdateEvent, replaced: UpdateEvent | undefined, highest: number): void {
    const { seq } = update;
    if (replaced === undefined) {
      if (seq < this.#next) this.#cutFrom(seq);
      this.#bySeq.delete(seq);
    } else {
      this.#bySeq.set(seq, replaced);
      if (seq < this.#next) this.#restart();
    }
    this.#highest = highest;
    if (isRich(update)) this.#removeRich(update);
    if (replaced !== undefined && isRich(replaced)) this.#insertRich(replaced);
    this.#advance();
  }

  get text(): string {
    return this.#text;
  }

  /** The highest `seq` seen of the span's own publisher; -1 before any. */
  get highest(): number {
    return this.#highest;
  }

  /** No update is missing below the highest one seen. */
  get contiguous(): boolean {
    return this.#next === this.#highest + 1;
  }

  #advance(): void {
    for (
      let update = this.#bySeq.get(this.#next);
      update !== undefined;
      update = this.#bySeq.get(++this.#next)
    )
      if (update.outputDelta !== undefined) this.#text += update.outputDelta;
  }

  #restart(): void {
    this.#text = '';
    this.#next = 0;
  }

  /** What this `seq` and those behind it added to the text: it was the one that had been missing. */
  #cutFrom(seq: number): void {
    let length = this.#text.length;
    for (let at = seq; at < this.#next; at++)
      length -= this.#bySeq.get(at)?.outputDelta?.length ?? 0;
    this.#text = this.#text.slice(0, length);
    this.#next = seq;
  }

  #insertRich(update: UpdateEvent): void {
    let at = this.rich.length;
    while (at > 0 && (this.rich[at - 1]?.seq ?? -1) > update.seq) at--;
    this.rich.splice(at, 0, update);
  }

  #removeRich(update: UpdateEvent): void {
    const at = this.rich.lastIndexOf(update);
    if (at >= 0) this.rich.splice(at, 1);
  }
}

function isRich(update: UpdateEvent): boolean {
  return (
    update.attributes !== undefined ||
    update.logs !== undefined ||
    update.name !== undefined ||
    update.spanType !== undefined ||
    update.input !== undefined ||
    update.output !== undefined
  );
}
