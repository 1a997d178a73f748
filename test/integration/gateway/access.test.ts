import { request } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { SUBPROTOCOL } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startTestGateway } from '../../support/gateway.ts';

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

async function ask(
  url: string,
  headers: Record<string, string>,
  method = 'GET',
  path = '/live',
): Promise<Answer> {
  const asked = request(`${url}${path}`, { method, headers, agent: false });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

/** The status of an upgrade: 101 when the socket opens. */
async function upgrade(url: string, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/watch`, SUBPROTOCOL, {
    headers,
  });
  return new Promise((resolve) => {
    socket.on('error', () => {});
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.on('open', () => {
      resolve(101);
      socket.close();
    });
  });
}

describe('pages and names', () => {
  it('[WS6] refuses pages of foreign origins, for sockets and over HTTP', async () => {
    const allowed = 'https://dashboard.example';
    const { url } = await startTestGateway({ allowOrigins: [allowed] });
    const own = url.replace('http://', '');
    const pages: [string | undefined, boolean][] = [
      [undefined, true],
      ['http://localhost:5173', true],
      ['http://127.0.0.1', true],
      ['http://[::1]:80', true],
      [`http://${own}`, true],
      [allowed, true],
      ['http://dashboard.example', false],
      ['https://dashboard.example.evil.example', false],
      ['https://evil.example', false],
      ['http://127.0.0.1.evil.example', false],
      ['http://localhost.evil.example', false],
      ['null', false],
      ['', false],
    ];
    for (const [origin, passes] of pages) {
      const headers = origin === undefined ? {} : { origin };
      expect(await upgrade(url, headers), `socket from ${origin}`).toBe(passes ? 101 : 403);
      const answer = await ask(url, headers);
      expect(answer.status, `request from ${origin}`).toBe(passes ? 200 : 403);
      if (!passes) {
        expect(JSON.parse(answer.body)).toMatchObject({ code: 'FORBIDDEN' });
        expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      } else if (origin !== undefined)
        expect(answer.headers['access-control-allow-origin']).toBe(origin);
    }
  });

  it('[WS6] answers the preflight of an allowed page only', async () => {
    const { url } = await startTestGateway();
    const wanted = {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    };
    const good = { ...wanted, origin: 'http://localhost:3000' };
    const answer = await ask(url, good, 'OPTIONS', '/api/v1/ingest');
    expect(answer.status).toBe(204);
    expect(answer.headers['access-control-allow-origin']).toBe('http://localhost:3000');
    expect(answer.headers['access-control-allow-headers']).toContain('content-type');
    const bad = { ...wanted, origin: 'https://evil.example' };
    expect((await ask(url, bad, 'OPTIONS', '/api/v1/ingest')).status).toBe(403);
  });

  it('[WS6, SUB17] lets an allowed page read server-sent events', async () => {
    const { url } = await startTestGateway();
    const path = `/api/v1/traces/${'a'.repeat(32)}/events`;
    for (const after of ['', '?after=nonsense']) {
      const asked = request(`${url}${path}${after}`, {
        headers: { origin: 'http://localhost:3000' },
        agent: false,
      });
      asked.end();
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      expect(response.statusCode).toBe(after === '' ? 200 : 400);
      expect(response.headers['access-control-allow-origin']).toBe('http://localhost:3000');
      asked.destroy();
    }
  });

  it('[WS8] on loopback, refuses a name that is not its own, with or without Origin', async () => {
    const { url } = await startTestGateway({ allowHosts: ['spantail.internal'] });
    const { port } = new URL(url);
    const names: [string, boolean][] = [
      [`localhost:${port}`, true],
      [`127.0.0.1:${port}`, true],
      [`[::1]:${port}`, true],
      [`agents.localhost:${port}`, true],
      ['spantail.internal', true],
      [`evil.example:${port}`, false],
      ['localhost.evil.example', false],
      ['127.0.0.1.evil.example', false],
      ['evil.example@localhost', true],
      [' ', false],
    ];
    for (const [host, passes] of names) {
      expect((await ask(url, { host })).status, host).toBe(passes ? 200 : 403);
      expect(await upgrade(url, { host }), host).toBe(passes ? 101 : 403);
      // To a browser such a page is the gateway's own.
      const page = { host, origin: `http://${host}` };
      if (!passes) expect((await ask(url, page)).status, host).toBe(403);
    }
  });
});
