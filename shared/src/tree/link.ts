import type { SpanId } from '../ids.ts';
import type { SpanRecord } from './span-record.ts';

/**
 * Hangs every record under its parent, from nothing, and returns the roots. A span whose parent is
 * unknown is a root and an orphan. A circle of parents is cut at its earliest span (then smallest
 * id), which becomes a root and an orphan: whatever the order of arrival, the same place.
 */
export function linkAll(records: Map<SpanId, SpanRecord>): SpanRecord[] {
  const cuts = findCuts(records);
  const roots: SpanRecord[] = [];
  for (const record of records.values()) {
    record.childRecords.length = 0;
    record.childrenSorted = true;
  }
  for (const record of records.values()) {
    const { parentSpanId } = record;
    const parent = parentSpanId === undefined ? undefined : records.get(parentSpanId);
    record.orphan = parentSpanId !== undefined && (parent === undefined || cuts.has(record));
    if (parent === undefined || cuts.has(record)) roots.push(record);
    else {
      parent.childRecords.push(record);
      parent.childrenSorted = false;
    }
  }
  return roots;
}

function findCuts(records: Map<SpanId, SpanRecord>): Set<SpanRecord> {
  const cuts = new Set<SpanRecord>();
  const settled = new Set<SpanRecord>();
  for (const start of records.values()) {
    const path: SpanRecord[] = [];
    const onPath = new Set<SpanRecord>();
    let at: SpanRecord | undefined = start;
    while (at !== undefined && !settled.has(at) && !onPath.has(at)) {
      path.push(at);
      onPath.add(at);
      at = at.parentSpanId === undefined ? undefined : records.get(at.parentSpanId);
    }
    if (at !== undefined && onPath.has(at)) {
      const circle = path.slice(path.indexOf(at));
      cuts.add(circle.reduce((a, b) => (comesFirst(b, a) ? b : a)));
    }
    for (const record of path) settled.add(record);
  }
  return cuts;
}

function comesFirst(a: SpanRecord, b: SpanRecord): boolean {
  const aStart = a.startUs ?? Number.POSITIVE_INFINITY;
  const bStart = b.startUs ?? Number.POSITIVE_INFINITY;
  return aStart === bStart ? a.spanId < b.spanId : aStart < bStart;
}
