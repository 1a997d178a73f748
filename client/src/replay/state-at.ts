import { RunTree, SpantailError, parseCursor, streamTag, type TraceId } from '@spantail/protocol';
import { decodeLoadable, type PayloadLoader, type WatchedTree } from '../loadable.ts';
import type { QueueItem } from '../subscription/item-queue.ts';
import { liesBehind, resolveMoment, type Moment } from './moment.ts';

/**
 * The tree as a viewer had it at a moment, from the run's beginning: what the log took in later is
 * not in it. Reads as far as the moment, or as there is.
 *
 * @throws SpantailError CURSOR_INVALID, CURSOR_OTHER_TRACE; NOT_FOUND when the run's beginning is gone
 */
export async function stateAt(
  traceId: TraceId,
  moment: Moment,
  items: AsyncIterable<QueueItem>,
  load: PayloadLoader,
): Promise<WatchedTree> {
  const until = resolveMoment(moment);
  if (until.kind === 'cursor' && !until.cursor.startsWith(`${streamTag(traceId)}.`))
    throw new SpantailError(
      'CURSOR_OTHER_TRACE',
      `the cursor "${until.cursor}" was not given for ${traceId}; use it with its own trace`,
    );
  let tree = new RunTree(traceId);
  for await (const item of items) {
    if (item.kind === 'event') {
      requireSameHistory(until, item.cursor);
      if (liesBehind(until, item.cursor, item.timeMs)) break;
      // One event that cannot be read changes nothing for a viewer either.
      applySafely(tree, item.bytes, load);
      if (until.kind === 'cursor' && item.cursor === until.cursor) break;
      continue;
    }
    const { notice } = item;
    if (notice.type === 'live' || notice.type === 'end') break;
    if (notice.type === 'reset') tree = new RunTree(traceId);
    if (notice.type === 'gap')
      throw new SpantailError('NOT_FOUND', `the beginning of ${traceId} is not kept any more`);
  }
  return tree as WatchedTree;
}

function applySafely(tree: RunTree, bytes: Uint8Array, load: PayloadLoader): void {
  try {
    tree.apply(decodeLoadable(bytes, load));
  } catch (error) {
    if (!(error instanceof SpantailError)) throw error;
  }
}

function requireSameHistory(until: ReturnType<typeof resolveMoment>, cursor: string): void {
  if (until.kind !== 'cursor') return;
  if (parseCursor(until.cursor)?.epoch === parseCursor(cursor)?.epoch) return;
  throw new SpantailError(
    'CURSOR_INVALID',
    `the cursor "${until.cursor}" belongs to a history that is gone; use a time, or a cursor of this one`,
  );
}
