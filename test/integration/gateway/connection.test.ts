import { once } from 'node:events';
import { SUBPROTOCOL, LIMITS } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { generateRun } from '../../support/generate-run.ts';
import { eventually, startTestGateway } from '../../support/gateway.ts';
import { RawConnection, upgradeRequest } from '../../support/raw-http.ts';
import { RawViewer } from '../../support/raw-viewer.ts';

function closeCode(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.on('error', () => {});
    socket.on('close', resolve);
  });
}

describe('a viewer connection', () => {
  it('[WS2] is closed with 4406 without the subprotocol', async () => {
    const gateway = await startTestGateway();
    const url = `${gateway.url.replace('http', 'ws')}/api/v1/watch`;
    expect(await closeCode(new WebSocket(url))).toBe(4406);
    // Clients fail a handshake that takes none of what they offer, and would not see the code.
    expect(await closeCode(new WebSocket(url, ['spantail.v0', 'other']))).toBe(4406);
    const both = new WebSocket(url, ['spantail.v0', SUBPROTOCOL]);
    await once(both, 'open');
    expect(both.protocol).toBe(SUBPROTOCOL);
    both.terminate();
    await eventually(() => gateway.gateway.viewers === 0, 'it is gone');
    expect(gateway.gateway.viewers).toBe(0);
  });

  it('[WS3] hears from the server each round, and a silent peer is cut after two', async () => {
    const gateway = await startTestGateway({ heartbeatMs: 30 });
    const lively = await RawViewer.connect(gateway.url);
    const silent = new WebSocket(`${gateway.url.replace('http', 'ws')}/api/v1/watch`, SUBPROTOCOL, {
      autoPong: false,
    });
    let pings = 0;
    silent.on('ping', () => pings++);
    expect(await closeCode(silent)).toBe(1006);
    expect(pings).toBe(2);
    for (let round = 0; round < 4; round++) await lively.next('heartbeat');
    expect(lively.socket.readyState).toBe(WebSocket.OPEN);
    await lively.close();
  });

  it('[WS4] answers what it cannot understand, and goes on', async () => {
    const gateway = await startTestGateway();
    const viewer = await RawViewer.connect(gateway.url);
    const { traceId, events } = generateRun(1);
    viewer.subscribe(traceId);
    await viewer.next('live');
    const wrong: [string, string][] = [
      ['', 'BAD_MESSAGE'],
      ['{', 'BAD_MESSAGE'],
      ['null', 'BAD_MESSAGE'],
      ['[1]', 'BAD_MESSAGE'],
      ['{"type":"constructor"}', 'BAD_MESSAGE'],
      ['{"__proto__":{"type":"ping"}}', 'BAD_MESSAGE'],
      ['{"type":"subscribe"}', 'BAD_MESSAGE'],
      [`{"type":"subscribe","streamId":"${'0'.repeat(32)}"}`, 'TRACE_ID_INVALID'],
      ['{"type":"subscribe","streamId":"@probe-1"}', 'TRACE_ID_INVALID'],
      ['{"type":"unsubscribe","streamId":{}}', 'BAD_MESSAGE'],
      ['['.repeat(16_000), 'BAD_MESSAGE'],
    ];
    for (const [text, code] of wrong) {
      viewer.send(text);
      const error = await viewer.next('error');
      expect(error, text.slice(0, 80)).toMatchObject({ code });
      expect(error.streamId).toBeUndefined();
    }
    viewer.socket.send(Buffer.from('{"type":"ping"}'), { binary: true });
    expect((await viewer.next('error')).message).toContain('text frames');
    const other = 'a'.repeat(32);
    viewer.subscribe(other, { after: 'x'.repeat(15_000) });
    expect(await viewer.next('error')).toMatchObject({ code: 'CURSOR_INVALID', streamId: other });

    await gateway.append(traceId, events);
    expect(await viewer.events(events.length)).toHaveLength(events.length);
    await viewer.close();
  });

  it('[WS5] ends with a frame that is too large; other connections go on', async () => {
    const gateway = await startTestGateway();
    const other = await RawViewer.connect(gateway.url);
    const viewer = await RawViewer.connect(gateway.url);
    viewer.send(`{"type":"ping"}${' '.repeat(LIMITS.viewerFrameBytes - 15)}`);
    await viewer.next('heartbeat');
    viewer.send(`{"type":"ping"}${' '.repeat(LIMITS.viewerFrameBytes - 14)}`);
    expect(await viewer.closed).toBe(1009);
    other.send({ type: 'ping' });
    await other.next('heartbeat');
    await other.close();
  });

  it('[WS9, PROM8] is not read from while it does not take the answers', async () => {
    const gateway = await startTestGateway({ viewerLimits: { highWaterBytes: 4_096 } });
    const viewer = await RawViewer.connect(gateway.url);
    const { traceId } = generateRun(2);
    await viewer.next('hello');
    viewer.socket.pause();
    // Until the kernel takes no more: the gateway has stopped reading, so what waits is here.
    const asks = Buffer.from(`{"type":"unsubscribe","streamId":"${traceId}"}`).toString();
    let sent = 0;
    await eventually(() => {
      for (let i = 0; i < 1_000; i++, sent++) viewer.send(asks);
      return viewer.socket.bufferedAmount > 1_048_576;
    }, 'the gateway reads no more');
    viewer.socket.resume();
    for (let answered = 0; answered < sent; answered++) await viewer.next('unsubscribed');
    await viewer.close();
  });

  it('[WS10] refuses malformed requests for a socket, and goes on', async () => {
    const gateway = await startTestGateway();
    const watch = '/api/v1/watch';
    const cases: [string, number][] = [
      [upgradeRequest('//'), 404],
      [upgradeRequest('http://['), 404],
      [upgradeRequest('*'), 404],
      [upgradeRequest('/nothing/here'), 404],
      [upgradeRequest(`/${'x'.repeat(4_000)}`), 404],
      [upgradeRequest(watch, { 'Sec-WebSocket-Key': 'short' }), 400],
      [upgradeRequest(watch, { 'Sec-WebSocket-Version': '7' }), 400],
      [upgradeRequest(watch, { 'Sec-WebSocket-Protocol': ',,' }), 400],
      [upgradeRequest(watch).replace('GET', 'POST'), 405],
      [`GET ${watch} HTTP/1.1\r\n\r\n`, 400],
      ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 400],
      [`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`, 413],
    ];
    for (const [text, status] of cases) {
      const connection = await RawConnection.open(gateway.url);
      connection.say(text);
      await eventually(() => connection.closed, `the gateway closes after ${text.slice(0, 60)}`);
      expect(connection.heard.split('\r\n')[0], text.slice(0, 60)).toContain(` ${status} `);
    }
    const viewer = await RawViewer.connect(gateway.url);
    await viewer.next('hello');
    await viewer.close();
  });

  it('[WS10] forgets a viewer that closes its half of the connection, or breaks the framing', async () => {
    const gateway = await startTestGateway();
    for (const end of ['half', 'unmasked', 'reserved'] as const) {
      const connection = await RawConnection.open(gateway.url);
      connection.say(upgradeRequest('/api/v1/watch'));
      await eventually(() => connection.heard.includes('hello'), 'the viewer is greeted');
      expect(gateway.gateway.viewers).toBe(1);
      if (end === 'half') connection.socket.end();
      else connection.say(Uint8Array.of(end === 'unmasked' ? 0x81 : 0xf1, 0x01, 0x20));
      await eventually(() => gateway.gateway.viewers === 0, `it is gone after ${end}`);
      connection.socket.destroy();
    }
  });
});
