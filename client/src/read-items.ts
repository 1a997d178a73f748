import { ItemQueue, type QueueItem, type QueueLimits } from './subscription/item-queue.ts';
import type { Subscription, SubscriptionSink } from './subscription/subscription.ts';

export interface ReadOptions {
  /** Any of them ends the reading. */
  signals: readonly AbortSignal[];
  limits: QueueLimits;
  onBlobs: NonNullable<SubscriptionSink['onBlobs']>;
}

/** Begins a subscription for a sink; given back with `close`. */
export type Subscribe = (sink: SubscriptionSink) => Subscription;

/**
 * A subscription's items, one at a time. When the consumer falls behind, the subscription is
 * paused at the last item that was queued, and goes on from there when half of the queue was taken.
 * Ends when a signal aborts; closes the subscription however the consumer leaves.
 */
export async function* readItems(
  subscribe: Subscribe,
  { signals, limits, onBlobs }: ReadOptions,
): AsyncGenerator<QueueItem, void, undefined> {
  if (anyAborted(signals)) return;
  const queue = new ItemQueue(limits);
  const flow = { paused: false };
  const subscription = subscribe({
    onFrame(frame) {
      queue.pushFrame(frame);
      if (!queue.full) return;
      flow.paused = true;
      subscription.overflow();
    },
    onNotice: (notice) => queue.pushNotice(notice),
    onBlobs,
    onFailed: (error) => queue.end(error),
  });
  const onAbort = (): void => queue.end();
  for (const signal of signals) signal.addEventListener('abort', onAbort, { once: true });
  try {
    subscription.start();
    for (;;) {
      const item = await queue.take();
      if (item === undefined || anyAborted(signals)) return;
      yield item;
      if (!flow.paused || !queue.halfEmpty) continue;
      flow.paused = false;
      subscription.drained();
    }
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', onAbort);
    subscription.close();
  }
}

function anyAborted(signals: readonly AbortSignal[]): boolean {
  return signals.some((signal) => signal.aborted);
}
