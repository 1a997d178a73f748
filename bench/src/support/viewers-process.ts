/**
 * Viewers in a process of their own, so that their cost is not the gateway's: connects `count`
 * sockets to one trace each in turn, counts events, and reports when told how many to expect.
 */
import { SUBPROTOCOL, decodeServerMessage } from '@spantail/protocol';
import { WebSocket } from 'ws';

const [url = '', count = '1', ...traceIds] = process.argv.slice(2);
let live = 0;
let received = 0;
let expected = Number.POSITIVE_INFINITY;
let frames = 0;

const check = (): void => {
  if (received < expected) return;
  expected = Number.POSITIVE_INFINITY;
  process.send?.({ type: 'done', received, frames });
};
process.on('message', (message: { expected: number }) => {
  expected = message.expected;
  check();
});

for (let i = 0; i < Number(count); i++) {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/watch`, SUBPROTOCOL);
  socket.on('open', () =>
    socket.send(JSON.stringify({ type: 'subscribe', streamId: traceIds[i % traceIds.length] })),
  );
  socket.on('message', (data: Buffer) => {
    const message = decodeServerMessage(data);
    if (message.type === 'events') {
      received += message.events.length;
      frames++;
      check();
    } else if (message.type === 'live' && ++live === Number(count))
      process.send?.({ type: 'live' });
  });
  // Connecting a thousand sockets at once would measure the listen queue.
  if (i % 50 === 49) await new Promise((resolve) => socket.once('open', resolve));
}
process.once('disconnect', () => process.exit(0));
