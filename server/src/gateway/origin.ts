import type { IncomingMessage } from 'node:http';

/**
 * Whether a browser page may use the gateway. Without this any web page a developer opens could
 * read the agents on their machine through loopback. Allowed: no Origin (not a browser), pages
 * served from loopback or from the gateway's own host, and those named in `allowed`.
 */
export function allowsOrigin(request: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  if (allowed.includes('*') || allowed.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  return isLoopback(page.hostname) || page.host === host;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
