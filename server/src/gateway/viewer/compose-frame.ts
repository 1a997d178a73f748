import {
  decodeEventArray,
  decodeRunSummary,
  encodeServerMessage,
  type Cursor,
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
  let index = 0;
  for (const entry of page.entries) {
    for (const event of decodeEventArray(entry.events)) {
      if (index++ < skip) continue;
      events.push(filter === undefined || matches(event, filter) ? event : null);
    }
  }
  return encodeServerMessage({
    type: 'events',
    streamId,
    prev: prev ?? names.of(page.from),
    cursor: names.of(page.to),
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
