import { mkdirSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import fastify from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { registerDashboard } from '../../../server/src/gateway/dashboard/dashboard-routes.ts';
import { serve } from '../../support/cli.ts';
import { builtDashboard, installDashboard } from '../../support/dashboard/build-dashboard.ts';
import { startTestGateway } from '../../support/gateway.ts';
import { RawConnection } from '../../support/raw-http.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { eventually } from '../../support/eventually.ts';

const TRACE_ID = 'ab'.repeat(16);
const PAGES = [
  '/',
  `/runs/${TRACE_ID}`,
  `/runs/${TRACE_ID}?view=graph&span=${'cd'.repeat(8)}`,
  '/board',
  `/compare/${TRACE_ID}/${TRACE_ID}`,
];

/** Below, an asset has no compressed forms. */
const LEAST_PACKED_BYTES = 1_024;

/** A gateway with the dashboard that is built now. */
async function start() {
  return startTestGateway({ dashboard: await builtDashboard() });
}

/** The assets that the page names itself. */
function assetsOf(page: string): string[] {
  return [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
}

/** The whole answer to a request that goes out as it is written here. */
async function ask(
  url: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const connection = await RawConnection.open(url);
  const all = Object.entries({ host: 'localhost', connection: 'close', ...headers });
  const lines = all.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  connection.say(`GET ${path} HTTP/1.1\r\n${lines}\r\n`);
  await eventually(() => connection.closed, `there is an answer to ${path}`);
  return connection.heard;
}

interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** An answer with its bytes as they were sent, which `fetch` would unpack. */
async function get(
  url: string,
  accepted: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const encodings = accepted === '' ? {} : { 'accept-encoding': accepted };
    request(url, { headers: { ...headers, ...encodings } }, (response) => {
      buffer(response).then(
        (body) => resolve({ status: response.statusCode, headers: response.headers, body }),
        reject,
      );
    })
      .on('error', reject)
      .end();
  });
}

async function expectProblem(response: Response, status: number): Promise<void> {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  await response.arrayBuffer();
}

describe('the dashboard of a gateway', () => {
  it('is one page at all of its addresses, which may load and run nothing but itself', async () => {
    const { url } = await start();
    const texts = new Set<string>();
    for (const path of PAGES) {
      const response = await fetch(url + path);
      expect(response.status, path).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-cache');
      // Times and lengths of a package's files do not tell one build from another.
      expect(response.headers.get('etag')).toBeNull();
      expect(response.headers.get('last-modified')).toBeNull();
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('referrer-policy')).toBe('no-referrer');
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy.split('; ')).toEqual(
        expect.arrayContaining([
          "default-src 'none'",
          "script-src 'self'",
          "style-src 'self'",
          "connect-src 'self'",
          "base-uri 'none'",
          "form-action 'none'",
          "frame-ancestors 'none'",
        ]),
      );
      expect(policy).not.toMatch(/unsafe|\*|https?:|blob:/);
      texts.add(await response.text());
    }
    expect(texts.size).toBe(1);
    const [page = ''] = texts;
    expect(page).not.toMatch(/<style|\son\w+=|style=/i);
    for (const [, attributes = '', inside] of page.matchAll(/<script([^>]*)>([^<]*)/g)) {
      expect(attributes).toContain('src="/assets/');
      expect(inside).toBe('');
    }
  });

  it('has assets that are kept for ever, because their names change with them', async () => {
    const { url } = await start();
    const assets = assetsOf(await (await fetch(url)).text());
    expect(assets.length).toBeGreaterThanOrEqual(2);
    for (const path of assets) {
      const response = await fetch(url + path);
      expect(response.status).toBe(200);
      expect(path).toMatch(/-[\w-]{8}\.(js|css)$/);
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('content-type')).toMatch(
        path.endsWith('.js') ? /^(text|application)\/javascript/ : /^text\/css/,
      );
      await response.arrayBuffer();
    }
    const icon = await fetch(`${url}/icon.svg`);
    expect(icon.headers.get('content-type')).toContain('image/svg+xml');
    expect(icon.headers.get('cache-control')).not.toContain('immutable');
    expect(await icon.text()).toContain('<svg');
  });

  it('answers HEAD, ranges and what was seen before', async () => {
    const { url } = await start();
    const head = await fetch(url, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers.get('content-security-policy')).not.toBeNull();
    expect(await head.text()).toBe('');
    const [path = ''] = assetsOf(await (await fetch(url)).text());
    const whole = await (await fetch(url + path)).text();
    const asItIs = { 'accept-encoding': 'identity' };
    const part = await fetch(url + path, { headers: { ...asItIs, range: 'bytes=5-14' } });
    expect(part.status).toBe(206);
    expect(await part.text()).toBe(whole.slice(5, 15));
    const assetHead = await fetch(url + path, { method: 'HEAD', headers: asItIs });
    expect(assetHead.headers.get('content-length')).toBe(String(Buffer.byteLength(whole)));
    // Not by fetch, which would ask for a fresh one.
    const etag = assetHead.headers.get('etag') ?? '';
    expect(await ask(url, path, { 'if-none-match': etag })).toMatch(/^HTTP\/1.1 304 /);
  });

  it('sends an asset as small as the browser takes it', async () => {
    const { url } = await start();
    const assets = assetsOf(await (await fetch(url)).text());
    let packedCount = 0;
    for (const path of assets) {
      const plain = await get(url + path, '');
      expect(plain.headers['content-encoding']).toBeUndefined();
      if (plain.body.length < LEAST_PACKED_BYTES) continue;
      const sizes = [plain.body.length];
      for (const [accepted, encoding, unpack] of [
        ['gzip, deflate', 'gzip', gunzipSync],
        ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
      ] as const) {
        const packed = await get(url + path, accepted);
        expect(packed.headers['content-encoding']).toBe(encoding);
        expect(packed.headers['content-type']).toBe(plain.headers['content-type']);
        expect(packed.headers['content-length']).toBe(String(packed.body.length));
        expect(packed.headers['cache-control']).toBe(plain.headers['cache-control']);
        expect(packed.headers['x-content-type-options']).toBe('nosniff');
        expect(unpack(packed.body).equals(plain.body)).toBe(true);
        sizes.push(packed.body.length);
      }
      expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
      expect(sizes.at(-1)).toBeLessThan(plain.body.length / 2);
      packedCount++;
    }
    // The script and its styles.
    expect(packedCount).toBeGreaterThanOrEqual(2);
    const [path = ''] = assets;
    for (const [accepted, encoding] of [
      ['br;q=0, gzip', 'gzip'],
      ['br;q=0.5, gzip', 'gzip'],
      ['gzip;q=0', undefined],
      ['identity', undefined],
      ['zstd', undefined],
    ] as const)
      expect((await get(url + path, accepted)).headers['content-encoding'], accepted).toBe(
        encoding,
      );
  });

  it('lets no cache take one form of an asset for another', async () => {
    const { url } = await start();
    const [path = ''] = assetsOf(await (await fetch(url)).text());
    const forms = ['', 'gzip', 'br'];
    const tags = new Set<string>();
    for (const accepted of forms) {
      const { headers } = await get(url + path, accepted);
      expect(headers.vary?.toLowerCase().split(/, */)).toContain('accept-encoding');
      tags.add(headers.etag ?? '');
    }
    expect(tags.size).toBe(forms.length);
    for (const accepted of forms) {
      const { etag = '' } = (await get(url + path, accepted)).headers;
      for (const tag of tags) {
        const again = await get(url + path, accepted, { 'if-none-match': tag });
        expect(again.status).toBe(tag === etag ? 304 : 200);
        expect(again.headers.etag).toBe(etag);
        expect(again.headers.vary?.toLowerCase()).toContain('accept-encoding');
        if (tag === etag) expect(again.body).toHaveLength(0);
      }
    }
  });

  it('answers HEAD of a compressed asset as GET, and has no address for its file', async () => {
    const { url } = await start();
    const [path = ''] = assetsOf(await (await fetch(url)).text());
    const head = await fetch(url + path, { method: 'HEAD', headers: { 'accept-encoding': 'br' } });
    expect(head.headers.get('content-encoding')).toBe('br');
    const { body } = await get(url + path, 'br');
    expect(head.headers.get('content-length')).toBe(String(body.length));
    for (const packed of [`${path}.br`, `${path}.gz`, '/icon.svg.br', '/icon.svg.gz'])
      for (const accepted of ['', 'gzip, br'])
        expect((await get(url + packed, accepted)).status, packed).toBe(404);
  });

  it('leaves the API and everything unknown as they were', async () => {
    const { url } = await start();
    for (const path of [
      '/nothing',
      '/index.html',
      '/assets/nothing.js',
      '/assets',
      '/assets/',
      '/favicon.ico',
      '/runs',
      `/runs/${TRACE_ID}/spans`,
      '/api/v1/nothing',
      `/compare/${TRACE_ID}`,
      `/board/${TRACE_ID}`,
    ])
      await expectProblem(await fetch(url + path), 404);
    for (const path of ['/', '/board', '/assets/nothing.js'])
      await expectProblem(await fetch(url + path, { method: 'POST' }), 404);
    const live = await fetch(`${url}/live`);
    expect(live.headers.get('content-type')).toContain('application/json');
    await live.arrayBuffer();
    const { paths } = (await (await fetch(`${url}/api/v1/openapi.json`)).json()) as {
      paths: object;
    };
    expect(Object.keys(paths).length).toBeGreaterThan(5);
    expect(Object.keys(paths).filter((path) => !/^\/(api|v1|live|ready)/.test(path))).toEqual([]);
  });

  it('says in the page that there is none, to whoever entered a wrong address', async () => {
    const { url } = await start();
    const browser = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };
    const page = await (await fetch(url)).text();
    for (const path of ['/nothing/here', '/runs', `/compare/${TRACE_ID}`, '/index.html']) {
      const response = await fetch(url + path, browser);
      expect(response.status, path).toBe(404);
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(await response.text()).toBe(page);
    }
    for (const path of ['/api/v1/nothing', '/v1/nothing', '/assets/nothing.js', '/api'])
      await expectProblem(await fetch(url + path, browser), 404);
  });

  it('hands out no file of other folders', async () => {
    const { url } = await start();
    for (const path of [
      '/assets/../index.html',
      '/assets/../../package.json',
      '/assets/%2e%2e/%2e%2e/package.json',
      '/assets/..%2f..%2fpackage.json',
      '/assets/..%5c..%5cpackage.json',
      '/assets/%00/../../package.json',
      '/../package.json',
      '//etc/passwd',
      '/assets//etc/passwd',
      '/assets/....//....//package.json',
      '/%',
      '/assets/%c0%ae%c0%ae/package.json',
    ]) {
      // Not by fetch, which would take the dots away.
      const heard = await ask(url, path);
      expect(heard, path).toMatch(/^HTTP\/1.1 4\d\d /);
      expect(heard, path).not.toMatch(/"dependencies"|root:|<!doctype/);
    }
  });

  it('is kept from foreign pages and names, as all of the gateway', async () => {
    const { url } = await start();
    const { port } = new URL(url);
    for (const path of ['/', '/icon.svg', `/runs/${TRACE_ID}`]) {
      await expectProblem(
        await fetch(url + path, { headers: { origin: 'https://evil.example' } }),
        403,
      );
      expect(await ask(url, path, { host: `evil.example:${port}` })).toMatch(/^HTTP\/1.1 403 /);
    }
  });

  it('tells how to build it where it is not built, and is there once it is', async () => {
    const folder = temporaryDirectory();
    const app = fastify();
    onTestFinished(() => app.close());
    await registerDashboard(app, folder);
    for (const path of PAGES) {
      const response = await app.inject(path);
      expect(response.statusCode).toBe(404);
      expect(response.headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(response.body).toContain('npm run build:dashboard');
    }
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html>built');
    writeFileSync(join(folder, 'assets', 'a.js'), '1;');
    expect((await app.inject('/board')).body).toBe('<!doctype html>built');
    // Without a compressed form, too small for one or built before there were any, it comes as it is.
    const asset = await app.inject({ url: '/assets/a.js', headers: { 'accept-encoding': 'br' } });
    expect(asset.body).toBe('1;');
    expect(asset.headers['content-encoding']).toBeUndefined();
    expect(asset.headers.vary).toBe('accept-encoding');
  });

  it('is what `spantail serve` says to open', async () => {
    await installDashboard();
    const { command, url } = await serve(['--data', temporaryDirectory()]);
    const [, page = ''] = await command.prints(/^open (\S+) in a browser$/m);
    expect(page).toBe(url);
    expect(await (await fetch(page)).text()).toContain('<div id="root">');
    const open = await serve(['--data', temporaryDirectory(), '--host', '0.0.0.0']);
    const [, shown] = await open.command.prints(/^open (\S+) in a browser$/m);
    expect(shown).toBe(`http://localhost:${new URL(open.url).port}`);
  });
});
