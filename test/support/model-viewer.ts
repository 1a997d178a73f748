import { decodeServerMessage, toHex, type Cursor } from '@spantail/protocol';
import type { ViewerTransport } from '../../server/src/gateway/viewer/transport.ts';

/**
 * A viewer's end of a connection without a network: checks the chain of cursors as messages come,
 * and keeps the events (`null`: left out by the filter) it was given.
 */
export class ModelViewer implements ViewerTransport {
  readonly events: (string | null)[] = [];
  readonly blobs = new Set<string>();
  readonly problems: string[] = [];
  cursor: Cursor | undefined;
  /** Whether it was told that all there was had been sent. */
  live = false;
  bufferedBytes = 0;
  onEvent: (event: string) => void = () => {};
  #onDrain: () => void = () => {};

  send(bytes: Uint8Array): void {
    const message = decodeServerMessage(bytes);
    switch (message.type) {
      case 'subscribed':
        this.cursor = message.cursor;
        return;
      case 'blobs':
        for (const { ref } of message.blobs) this.blobs.add(toHex(ref));
        return;
      case 'events':
        if (this.cursor !== undefined && message.prev !== this.cursor)
          this.problems.push(`at ${this.cursor} came a frame behind ${message.prev}`);
        this.cursor = message.cursor;
        for (const event of message.events) this.#take(event === null ? null : toHex(event));
        return;
      case 'live':
        // The stream may have come into being since the subscription was confirmed.
        if (message.cursor !== this.cursor && !isStart(message.cursor, this.cursor))
          this.problems.push(`live at ${message.cursor}, after ${this.cursor}`);
        this.live = true;
        return;
      case 'hello':
      case 'heartbeat':
      case 'unsubscribed':
        return;
      default:
        this.problems.push(`an unexpected ${JSON.stringify(message)}`);
    }
  }

  #take(event: string | null): void {
    this.events.push(event);
    if (event !== null) this.onEvent(event);
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }

  /** From now on it takes nothing; or it has taken all. */
  stuff(full: boolean): void {
    this.bufferedBytes = full ? 10_000_000 : 0;
    if (!full) this.#onDrain();
  }

  close(closeCode: number): void {
    this.problems.push(`closed with ${closeCode}`);
  }
}

function isStart(now: Cursor | undefined, before: Cursor | undefined): boolean {
  return before === undefined && now?.includes('.0-0.') === true;
}
