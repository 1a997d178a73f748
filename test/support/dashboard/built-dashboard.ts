import { readFile } from 'node:fs/promises';
import { createServer, request, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { builtDashboard } from './build-dashboard.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export interface DashboardPage {
  page: Page;
  /** Where the page is from. */
  url: string;
  /** Exceptions, and what the console calls an error. */
  faults: string[];
}

/** The dashboard as it stands in the sources, whatever was built before. */
export class BuiltDashboard {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async build(): Promise<BuiltDashboard> {
    return new BuiltDashboard(await builtDashboard());
  }

  /** A page of it that talks to a gateway; gone when the test is over. */
  async open(
    browser: Browser,
    gatewayUrl: string,
    path: string,
    viewport = { width: 1_280, height: 800 },
  ): Promise<DashboardPage> {
    const url = await this.#serve(Number(new URL(gatewayUrl).port));
    const page = await browser.newPage({ viewport });
    onTestFinished(() => page.close());
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await page.goto(url + path);
    return { page, url, faults };
  }

  /** The dashboard, with the gateway's own paths behind it. */
  async #serve(gatewayPort: number): Promise<string> {
    const gateway = { host: '127.0.0.1', port: gatewayPort };
    const server = createServer((asked, answer) => {
      const path = asked.url ?? '/';
      if (!path.startsWith('/api/')) {
        void this.#read(path).then(
          ({ type, body }) => answer.writeHead(200, { 'content-type': type }).end(body),
          () => answer.writeHead(404).end(),
        );
        return;
      }
      const { method, headers } = asked;
      const passed = request({ ...gateway, path, method, headers }, (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      });
      passed.on('error', () => answer.writeHead(502).end());
      asked.pipe(passed);
    });
    server.on('upgrade', (asked, near, head) => {
      const far = connect(gateway, () => {
        far.write(requestHead(asked));
        far.write(head);
        far.pipe(near);
        near.pipe(far);
      });
      const end = (): void => {
        near.destroy();
        far.destroy();
      };
      for (const socket of [near, far]) socket.on('error', end).on('close', end);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async #read(path: string): Promise<{ type: string; body: Buffer }> {
    const { pathname } = new URL(path, 'http://localhost');
    const file = extname(pathname) === '' ? '/index.html' : pathname;
    const body = await readFile(join(this.#folder, file));
    return { type: TYPES[extname(file)] ?? 'application/octet-stream', body };
  }
}

/** As it came, to be sent on. */
function requestHead({ method, url, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let i = 0; i < rawHeaders.length; i += 2)
    lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
