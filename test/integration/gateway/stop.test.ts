import { once } from 'node:events';
import { encodeIngestRequest, SUBPROTOCOL } from '@spantail/protocol';
import { onTestFinished, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog } from 'spantail';
import { WebSocket } from 'ws';
import { eventually, startTestGateway } from '../../support/gateway.ts';
import { startGatewayProcess } from '../../support/gateway-process.ts';
import { ObservedLog } from '../../support/observed-log.ts';
import { RawConnection, upgradeRequest } from '../../support/raw-http.ts';
import { RawViewer } from '../../support/raw-viewer.ts';

const TRACE = 'ab'.repeat(16);

async function observedLog(): Promise<ObservedLog> {
  const directory = mkdtempSync(join(tmpdir(), 'spantail-test-'));
  const log = await openLog(undefined, directory, 600_000);
  onTestFinished(async () => {
    await log.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return new ObservedLog(log);
}

async function publisher(url: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/ingest/socket`, SUBPROTOCOL);
  await once(socket, 'open');
  return socket;
}

function body(id: number): Uint8Array {
  const batch = { traceId: TRACE, number: 1, fin: false, events: [], blobs: [], refs: [] };
  return encodeIngestRequest({ id, producer: `p${id}`, batches: [batch] });
}

describe('stopping', () => {
  it('[WS7] says goaway, answers what is in flight, closes with 4503', async () => {
    const observed = await observedLog();
    const gateway = await startTestGateway({ log: observed.log, drainMs: 30 });
    const viewer = await RawViewer.connect(gateway.url);
    viewer.subscribe(TRACE);
    await viewer.next('live');
    const socket = await publisher(gateway.url);
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    observed.before = (method) => (method === 'append' ? held : undefined);
    const answered = once(socket, 'message');
    socket.send(body(1));
    const posted = fetch(`${gateway.url}/api/v1/ingest`, {
      method: 'POST',
      headers: { 'content-type': 'application/msgpack' },
      body: Buffer.from(body(2)),
    });
    await eventually(() => observed.count('append') === 2, 'both are in flight');

    const closing = gateway.gateway.close();
    expect(await viewer.next('goaway')).toMatchObject({ graceMs: 30 });
    expect(await viewer.closed).toBe(4503);
    const closed = once(socket, 'close');
    release();
    await answered;
    expect((await closed)[0]).toBe(4503);
    expect((await posted).status).toBe(200);
    await closing;
    expect(observed.openListeners).toBe(0);
  });

  it('[WS7, HE3] refuses new sockets and is not ready while it drains', async () => {
    const gateway = await startTestGateway({ drainMs: 60_000 });
    const viewer = await RawViewer.connect(gateway.url);
    const closing = gateway.gateway.close();
    await viewer.next('goaway');
    const connection = await RawConnection.open(gateway.url);
    connection.say(upgradeRequest('/api/v1/watch'));
    await eventually(() => connection.closed, 'the socket is refused');
    expect(connection.heard).toMatch(/^HTTP\/1\.1 503 [^]*GOING_AWAY/);
    const ready = await fetch(`${gateway.url}/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ code: 'GOING_AWAY' });
    // Its place is elsewhere now: nobody is waited for any more.
    await viewer.close();
    await closing;
  });

  it('[WS7] on SIGTERM, ends with 0 in spite of peers that hang', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'spantail-test-'));
    const gateway = await startGatewayProcess(['--data', directory]);
    onTestFinished(async () => {
      await gateway.kill();
      rmSync(directory, { recursive: true, force: true });
    });
    const viewer = await RawViewer.connect(gateway.url);
    await viewer.next('hello');
    const hanging: RawConnection[] = [];
    const sayings = [
      upgradeRequest('/api/v1/watch'),
      upgradeRequest('/api/v1/ingest/socket'),
      upgradeRequest('/api/v1/watch', { 'Sec-WebSocket-Protocol': 'other' }),
      `GET /api/v1/traces/${TRACE}/events HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      'GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'POST /api/v1/ingest HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/msgpack\r\nContent-Length: 1000\r\n\r\nxyz',
    ];
    for (const text of sayings) {
      const connection = await RawConnection.open(gateway.url);
      hanging.push(connection);
      connection.say(text);
    }
    // The last one is never answered; all before it are.
    for (const connection of hanging.slice(0, -1))
      await eventually(() => connection.heard !== '', 'it is answered');
    hanging.push(await RawConnection.open(gateway.url));

    const stopped = gateway.stop();
    await viewer.next('goaway');
    expect(await viewer.closed).toBe(4503);
    expect(await stopped).toBe(0);
    expect(hanging[3]?.heard).toContain('event: goaway');
    for (const connection of hanging) connection.socket.destroy();
  });
});
