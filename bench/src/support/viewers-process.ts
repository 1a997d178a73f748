/**
 * Bare viewers in a process of their own, so that their cost is not the gateway's: sockets that
 * subscribe and count. Its first message says that all of them are live; then it answers
 * `{expected}` when each viewer has had that many events.
 */
import { SUBPROTOCOL, decodeServerMessage } from '@spantail/protocol';
import { WebSocket } from 'ws';
import { settings } from './child.ts';
import { eventCount } from './event-count.ts';

export interface ViewersSettings {
  url: string;
  /** One socket each; each subscribes to all of its streams. */
  streams: string[][];
}

export interface ViewersReport {
  received: number;
  frames: number;
  bytes: number;
}

const { url, streams } = await settings<ViewersSettings>();
const subscriptions = streams.reduce((sum, of) => sum + of.length, 0);
let live = 0;
let expected = Number.POSITIVE_INFINITY;
const report: ViewersReport = { received: 0, frames: 0, bytes: 0 };

process.on('message', (message: { expected: number }) => {
  expected = message.expected * streams.length;
  answer();
});

function answer(): void {
  if (report.received < expected) return;
  expected = Number.POSITIVE_INFINITY;
  process.send?.(report);
}

function take(frame: Buffer, isFirst: boolean): void {
  const count = eventCount(frame);
  if (count === 0) {
    if (live < subscriptions && isAtTail(frame) && ++live === subscriptions) process.send?.({});
    return;
  }
  report.frames++;
  report.bytes += frame.byteLength;
  report.received += count;
  // One viewer reads all of it, and proves that the short way of counting is right.
  if (isFirst) {
    const message = decodeServerMessage(frame);
    if (message.type !== 'events' || message.events.length !== count)
      throw new Error('events were counted wrongly');
  }
  answer();
}

function isAtTail(frame: Buffer): boolean {
  const { type } = decodeServerMessage(frame);
  return type === 'live' || type === 'end';
}

for (const [i, of] of streams.entries()) {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/watch`, SUBPROTOCOL);
  const opened = new Promise((resolve) => {
    socket.once('open', resolve);
  });
  socket.on('message', (data: Buffer) => take(data, i === 0));
  const subscribe = async (): Promise<void> => {
    await opened;
    for (const streamId of of) socket.send(JSON.stringify({ type: 'subscribe', streamId }));
  };
  // A thousand connections at once would measure the listen queue.
  if (i % 50 === 49) await subscribe();
  else void subscribe();
}
