import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Where the build of `dashboard/` goes. */
const FOLDER = join(import.meta.dirname, '..', '..', '..', 'dashboard');

/** Pages that the dashboard's own router knows; each is the one page that it is. */
const PAGES = ['/', '/runs/:traceId', '/board', '/compare/:left/:right'];

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

/** The dashboard at `/`; in a checkout that did not build it, how to. */
export async function registerDashboard(app: FastifyInstance): Promise<void> {
  if (!existsSync(join(FOLDER, 'index.html'))) {
    app.get('/', { schema: { hide: true } }, (_request, reply) =>
      reply
        .code(404)
        .type('text/plain')
        .send('The dashboard is not built: npm run build:dashboard\n'),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: FOLDER,
    index: false,
    wildcard: false,
    globIgnore: ['index.html'],
    setHeaders: (reply, path) => {
      void reply.header('x-content-type-options', 'nosniff');
      // Names of assets change with their content.
      if (path.includes('assets'))
        void reply.header('cache-control', 'public, max-age=31536000, immutable');
    },
  });
  for (const path of PAGES)
    app.get(path, { schema: { hide: true } }, (_request, reply) => sendPage(reply));
}

function sendPage(reply: FastifyReply): FastifyReply {
  return reply
    .header('content-security-policy', CONTENT_SECURITY_POLICY)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-cache')
    .sendFile('index.html');
}
