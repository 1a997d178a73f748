import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** As the gateway sends it with the dashboard. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'";

/**
 * A page with some of the dashboard's components on it, under the dashboard's own policy.
 *
 * @param program TSX, with imports relative to `dashboard/src`; it renders into `#root`
 */
export async function serveComponents(
  program: string,
): Promise<{ url: string; close(): Promise<void> }> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: join(ROOT, 'dashboard', 'src'), loader: 'tsx' },
    outdir: join(ROOT, 'page'),
    bundle: true,
    platform: 'browser',
    format: 'esm',
    jsx: 'automatic',
    conditions: ['source'],
    define: { 'process.env.NODE_ENV': '"production"' },
    write: false,
    logLevel: 'silent',
    absWorkingDir: ROOT,
  });
  const files = new Map(
    outputFiles.map(({ path, contents }) => [
      path.endsWith('.css') ? '/page.css' : '/page.js',
      contents,
    ]),
  );
  const server = createServer((request, response) => {
    const path = request.url?.replace(/\?.*/, '') ?? '';
    const file = files.get(path);
    if (file !== undefined)
      response
        .writeHead(200, { 'content-type': path.endsWith('.css') ? 'text/css' : 'text/javascript' })
        .end(file);
    else if (path === '/')
      response
        .writeHead(200, {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': CONTENT_SECURITY_POLICY,
        })
        .end(
          '<!doctype html><html lang="en"><title>Components</title><link rel="icon" href="data:,">' +
            '<link rel="stylesheet" href="/page.css"><div id="root"></div>' +
            '<script type="module" src="/page.js"></script></html>',
        );
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
