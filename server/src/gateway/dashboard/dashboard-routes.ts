import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Where the build of `dashboard/` goes. */
const FOLDER = join(import.meta.dirname, '..', '..', '..', 'dashboard');
const PAGE = 'index.html';
const ASSETS = 'assets';
/** An asset as the build compressed it, beside itself. */
const PACKED = /\.(?:br|gz)$/;

/** Addresses that the dashboard's own router knows; the page is the same for all of them. */
const PATHS = ['/', '/runs/:traceId', '/board', '/compare/:left/:right'];

/**
 * What agents write is shown in this page, so the page may load and run nothing but itself: no inline
 * script, no other origin. Images of a run are data URLs.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const NOT_BUILT = 'The dashboard is not built: npm run build:dashboard\n';

/** Whether there is a dashboard to open; a checkout must build it first. */
export function isDashboardBuilt(folder = FOLDER): boolean {
  return existsSync(join(folder, PAGE));
}

/** The dashboard at `/`; where it was not built, how to. */
export async function registerDashboard(app: FastifyInstance, folder = FOLDER): Promise<void> {
  for (const path of PATHS)
    app.get(path, { schema: { hide: true } }, (_request, reply) => sendPage(reply, folder));
  const shared = {
    index: false,
    // By Accept-Encoding, which the answer says that it varies with.
    preCompressed: true,
    allowedPath: (path: string): boolean => !PACKED.test(path),
    setHeaders: (reply: { header(name: string, value: string): unknown }): void => {
      void reply.header('x-content-type-options', 'nosniff');
    },
  } as const;
  // Names of assets change with their content.
  await app.register(fastifyStatic, {
    ...shared,
    root: join(folder, ASSETS),
    prefix: `/${ASSETS}/`,
    maxAge: '365d',
    immutable: true,
  });
  await app.register(fastifyStatic, {
    ...shared,
    root: folder,
    decorateReply: false,
    wildcard: false,
    globIgnore: [PAGE, `${ASSETS}/**`, '**/*.{br,gz}'],
  });
}

/** Below these, programs are answered, whatever they say that they accept. */
const NO_PAGES = /^\/(?:api|v1|assets)(?:\/|$|\?)/;

/** Somebody entered an address that does not exist: the page has words for that, too. */
export function isLostVisitor({ method, url, headers }: FastifyRequest): boolean {
  const accepts = headers.accept ?? '';
  return method === 'GET' && accepts.includes('text/html') && !NO_PAGES.test(url);
}

/** The page, which says that there is none at this address. */
export function sendLostPage(reply: FastifyReply, folder = FOLDER): Promise<FastifyReply> {
  return sendPage(reply.code(404), folder);
}

/**
 * The page names the assets of one build, so it must never be an old one. It has no validator: files
 * of a package all bear the same time, by which a new page of the same length would pass for the old.
 */
async function sendPage(reply: FastifyReply, folder: string): Promise<FastifyReply> {
  void reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-cache');
  const page = await readFile(join(folder, PAGE)).catch(() => undefined);
  if (page === undefined) return reply.code(404).type('text/plain; charset=utf-8').send(NOT_BUILT);
  return reply
    .header('content-security-policy', CONTENT_SECURITY_POLICY)
    .header('cross-origin-opener-policy', 'same-origin')
    .header('referrer-policy', 'no-referrer')
    .type('text/html; charset=utf-8')
    .send(page);
}
