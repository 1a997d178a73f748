import {
  decodeEventArray,
  decodeRunSummary,
  encodeServerMessage,
  type Cursor,
  type EntryMark,
  type RunSummary,
  type RunsFilter,
  type StreamId,
} from '@spantail/protocol';
import type { CursorNames, Page } from '../hub/page.ts';

/** How one subscription's frames differ from the shared ones. */
export interface FrameShape {
  inline: boolean;
  filter?: RunsFilter;
}

/**
 * A frame for one viewer: without the first `skip` events (it resumes behind them, at `prev`), and
 * with `null` in place of what its filter leaves out, so that cursors keep counting.
 */
export function composeFrame(
  streamId: StreamId,
  names: CursorNames,
  page: Page,
  skip: number,
  prev: Cursor | undefined,
  filter?: RunsFilter,
): Uint8Array {
  const events: (Uint8Array | null)[] = [];
  const entries: EntryMark[] = [];
  let index = 0;
  for (const { position, check, events: encoded } of page.entries) {
    let count = 0;
    for (const event of decodeEventArray(encoded)) {
      if (index++ < skip) continue;
      count++;
      events.push(filter === undefined || matches(event, filter) ? event : null);
    }
    if (count > 0) entries.push({ position, check, count });
  }
  return encodeServerMessage({
    type: 'events',
    streamId,
    prev: prev ?? names.of(page.from),
    cursor: names.of(page.to),
    ...(entries.length === 0 ? {} : { entries }),
    events,
  });
}

function matches(encoded: Uint8Array, filter: RunsFilter): boolean {
  let summary: RunSummary;
  try {
    summary = decodeRunSummary(encoded);
  } catch {
    return true;
  }
  const ended = summary.status !== 'running';
  if (filter.status !== undefined && (filter.status === 'ended') !== ended) return false;
  if (filter.service !== undefined && summary.service !== filter.service) return false;
  return filter.name === undefined || summary.name === filter.name;
}
