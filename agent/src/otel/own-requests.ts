import type { SdkSpan } from './sdk-span.ts';

/** OpenTelemetry's `SpanKind.CLIENT`. */
const CLIENT = 2;
const PATHS = /^\/api\/v1\/(ingest|leases|traces\/[0-9a-f]{32}\/blobs)(\?|$)/;

/**
 * Tells a span that an instrumentation made of one of our own requests. They are not traced at all
 * where the program has a context manager; where it has none, such a span would beget another one
 * with each flush, for ever.
 */
export function ownRequests(url: string | undefined): (span: SdkSpan) => boolean {
  if (url === undefined || !/^(http|ws)s?:/.test(url) || !URL.canParse(url)) return () => false;
  const { hostname, port, protocol, pathname } = new URL(url);
  const secure = protocol === 'https:' || protocol === 'wss:';
  const gateway = { host: hostname, port: Number(port) || (secure ? 443 : 80) };
  const base = pathname.replace(/\/$/, '');
  return (span) => {
    if (span.kind !== CLIENT) return false;
    const target = targetOf(span.attributes);
    return (
      target !== undefined &&
      target.host === gateway.host &&
      target.port === gateway.port &&
      target.path.startsWith(base) &&
      PATHS.test(target.path.slice(base.length))
    );
  };
}

interface Target {
  host: string;
  port: number;
  path: string;
}

/** By the HTTP conventions of today (`url.full`) and of before (`http.url`). */
function targetOf(attributes: SdkSpan['attributes']): Target | undefined {
  const full = attributes['url.full'] ?? attributes['http.url'];
  if (typeof full === 'string') {
    if (!URL.canParse(full)) return undefined;
    const { hostname, port, protocol, pathname } = new URL(full);
    return {
      host: hostname,
      port: Number(port) || (protocol === 'https:' ? 443 : 80),
      path: pathname,
    };
  }
  const host = attributes['server.address'] ?? attributes['net.peer.name'];
  const port = attributes['server.port'] ?? attributes['net.peer.port'];
  const path = attributes['url.path'] ?? attributes['http.target'];
  if (typeof host !== 'string' || typeof path !== 'string') return undefined;
  return { host, port: Number(port), path };
}
