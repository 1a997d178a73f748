import { createClient, type Client, type Cursor, type StreamItem } from '@spantail/client';
import { eventOf, isEvent } from '../client/collect.ts';
import type { ViewerAccount } from './ledger.ts';

/** Watches until the run's end, over one client, whatever happens to its sockets. */
export async function watchSteadily(client: Client, account: ViewerAccount): Promise<void> {
  for await (const item of client.events(account.traceId)) take(account, item);
}

/**
 * Leaves after some events, at most `most`, and comes back as another client with the cursor it
 * kept, until the run's end.
 */
export async function watchInPieces(
  url: string,
  account: ViewerAccount,
  { random, most = 40 }: { random: () => number; most?: number },
): Promise<void> {
  let cursor: Cursor | undefined;
  for (;;) {
    let left = 1 + Math.floor(random() * most);
    await using client = createClient({ url, random: () => random() / 100 });
    const after = cursor === undefined ? {} : { after: cursor };
    for await (const item of client.events(account.traceId, after)) {
      take(account, item);
      if ('cursor' in item) cursor = item.cursor;
      if (--left === 0) break;
    }
    if (left > 0) return;
  }
}

/** Nothing is ever lost in these tests: a notice is a fault. */
function take(account: ViewerAccount, item: StreamItem): void {
  if (isEvent(item)) account.receive(eventOf(item));
  else account.complain(`was told ${JSON.stringify(item)} after ${account.received} events`);
}
