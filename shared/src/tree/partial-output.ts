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

  /** Whether it changed anything. Returns the update it replaced, if it did. */
  add(update: UpdateEvent): { changed: boolean; replaced?: UpdateEvent } {
    const { seq } = update;
    const before = this.#bySeq.get(seq);
    if (before === update) return { changed: false };
    const chosen = chooseUpdate(before, update);
    if (chosen === before) return { changed: false };
    this.#bySeq.set(seq, chosen);
    if (seq < BESIDE_SEQ) this.#highest = Math.max(this.#highest, seq);
    if (before !== undefined) {
      this.#removeRich(before);
      if (seq < this.#next) this.#rewind();
    }
    if (isRich(chosen)) this.#insertRich(chosen);
    this.#advance();
    return before === undefined ? { changed: true } : { changed: true, replaced: before };
  }

  get text(): string {
    return this.#text;
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

  #rewind(): void {
    this.#text = '';
    this.#next = 0;
  }

  #insertRich(update: UpdateEvent): void {
    let at = this.rich.length;
    while (at > 0 && (this.rich[at - 1]?.seq ?? -1) > update.seq) at--;
    this.rich.splice(at, 0, update);
  }

  #removeRich(update: UpdateEvent): void {
    const at = this.rich.indexOf(update);
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
