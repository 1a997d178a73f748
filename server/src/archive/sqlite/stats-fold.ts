import type { StatsRow } from '../archive.ts';

/** Group, start, standing, duration, tokens in and out, cost. */
type Values = [
  string | null,
  number | null,
  string,
  number | null,
  number | null,
  number | null,
  number | null,
];

interface Figures {
  count: number;
  errors: number;
  durations: Durations;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
}

interface Group {
  count: number;
  slots: Map<number | undefined, Figures>;
}

/** Gathers spans into groups and time slots. */
export class StatsFold {
  readonly #everyUs: number | undefined;
  readonly #groups = new Map<string | null, Group>();

  constructor(everyUs: number | undefined) {
    this.#everyUs = everyUs;
  }

  add([name, startUs, standing, durationUs, inputTokens, outputTokens, costUsd]: Values): void {
    let group = this.#groups.get(name);
    if (group === undefined) this.#groups.set(name, (group = { count: 0, slots: new Map() }));
    group.count++;
    const every = this.#everyUs;
    const slot =
      every === undefined || startUs === null ? undefined : Math.floor(startUs / every) * every;
    let figures = group.slots.get(slot);
    if (figures === undefined) group.slots.set(slot, (figures = noFigures()));
    figures.count++;
    if (standing === 'error' || standing === 'lost') figures.errors++;
    if (durationUs !== null) figures.durations.add(durationUs);
    figures.inputTokens += inputTokens ?? 0;
    figures.outputTokens += outputTokens ?? 0;
    figures.costUsd += costUsd ?? 0;
  }

  /** Those of the largest groups: by slot, then by count, then by name. */
  rows(limit: number): StatsRow[] {
    return [...this.#groups]
      .sort(([a, of], [b, other]) => other.count - of.count || byName(a, b))
      .slice(0, limit)
      .flatMap(([name, { slots }]) =>
        [...slots].map(([slotUs, figures]) => toRow(name, slotUs, figures)),
      )
      .sort(
        (a, b) =>
          bySlot(a.slotUs, b.slotUs) ||
          b.count - a.count ||
          byName(a.group ?? null, b.group ?? null),
      );
  }
}

/** Numbers of which there may be millions. */
class Durations {
  #values = new Float64Array(16);
  #count = 0;

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(2 * this.#count);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count++] = value;
  }

  sorted(): Float64Array {
    return this.#values.subarray(0, this.#count).sort();
  }
}

function noFigures(): Figures {
  const durations = new Durations();
  return { count: 0, errors: 0, durations, inputTokens: 0, outputTokens: 0, costUsd: 0 };
}

function toRow(name: string | null, slotUs: number | undefined, figures: Figures): StatsRow {
  const { durations, ...sums } = figures;
  const sorted = durations.sorted();
  const row: StatsRow = { ...sums };
  if (name !== null) row.group = name;
  if (slotUs !== undefined) row.slotUs = slotUs;
  if (sorted.length === 0) return row;
  return {
    ...row,
    p50Us: nearestRank(sorted, 0.5),
    p95Us: nearestRank(sorted, 0.95),
    p99Us: nearestRank(sorted, 0.99),
  };
}

/** The smallest value that at least this share of them does not exceed. */
function nearestRank(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function bySlot(a = Number.POSITIVE_INFINITY, b = Number.POSITIVE_INFINITY): number {
  return a === b ? 0 : a - b;
}

/** By UTF-8 bytes, those without a name last. */
function byName(a: string | null, b: string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
