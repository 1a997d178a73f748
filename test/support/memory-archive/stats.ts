import { spanQueryStatus, type RunRow, type SpanRow } from '@spantail/protocol';
import type { StatsQuery, StatsRow } from 'spantail';

interface Subject {
  row: SpanRow;
  run: RunRow;
}

export function statsOf(spans: Subject[], { by, everyUs, limit }: StatsQuery): StatsRow[] {
  const group = ({ row, run }: Subject): string | undefined =>
    by === undefined ? undefined : by === 'service' ? run.service : row[by];
  const slot = ({ row }: Subject): number | undefined =>
    everyUs === undefined || row.startUs === undefined
      ? undefined
      : Math.floor(row.startUs / everyUs) * everyUs;

  const groups = [...groupBy(spans, group)]
    .sort(([a, of], [b, other]) => other.length - of.length || byName(a, b))
    .slice(0, limit);
  const rows = groups.flatMap(([name, of]) =>
    [...groupBy(of, slot)].map(([slotUs, members]) => ({
      ...(name === undefined ? {} : { group: name }),
      ...(slotUs === undefined ? {} : { slotUs }),
      ...figuresOf(members.map(({ row }) => row)),
    })),
  );
  return rows.sort(
    (a: StatsRow, b: StatsRow) =>
      (a.slotUs ?? Number.POSITIVE_INFINITY) - (b.slotUs ?? Number.POSITIVE_INFINITY) ||
      b.count - a.count ||
      byName(a.group, b.group),
  );
}

function groupBy<Item, Key>(items: Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** By UTF-8 bytes; those without a name last. */
function byName(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function figuresOf(rows: SpanRow[]): StatsRow {
  const durations = rows.flatMap(({ durationUs }) => durationUs ?? []).sort((a, b) => a - b);
  const percentile = (share: number): number | undefined =>
    durations[Math.max(0, Math.ceil(share * durations.length) - 1)];
  const sum = (pick: (row: SpanRow) => number | undefined): number =>
    rows.reduce((total, row) => total + (pick(row) ?? 0), 0);
  const [p50Us, p95Us, p99Us] = [percentile(0.5), percentile(0.95), percentile(0.99)];
  return {
    count: rows.length,
    errors: rows.filter((row) => ['error', 'lost'].includes(spanQueryStatus(row))).length,
    ...(p50Us === undefined ? {} : { p50Us }),
    ...(p95Us === undefined ? {} : { p95Us }),
    ...(p99Us === undefined ? {} : { p99Us }),
    inputTokens: sum(({ inputTokens }) => inputTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    costUsd: sum(({ costUsd }) => costUsd),
  };
}
