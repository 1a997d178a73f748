import type { IncomingMessage } from 'node:http';

export interface RequestGuardOptions {
  /** Origins of web pages that may use the gateway, besides loopback and its own; `*`: any. */
  allowOrigins: readonly string[];
  /** Names by which it may be called, besides loopback, when it listens on loopback; `*`: any. */
  allowHosts: readonly string[];
  /** Whether it listens on loopback only. */
  onLoopback: () => boolean;
}

/**
 * Why a request must not come in; `undefined` when it may.
 *
 * Without the check of Origin any web page a developer opens could read the agents on their machine
 * through loopback. Without the check of Host, so could a page whose name is made to resolve to
 * 127.0.0.1 (DNS rebinding): to the browser it is then the gateway's own page, and sends no Origin.
 */
export function refusalOf(
  request: IncomingMessage,
  options: RequestGuardOptions,
): string | undefined {
  const { origin, host } = request.headers;
  if (!allowsHost(host, options))
    return `the name in "Host: ${shown(host)}" is not one of this gateway's; allow it with --allow-host`;
  if (!allowsOrigin(origin, host, options.allowOrigins))
    return `pages of "${shown(origin)}" may not use this gateway; allow them with --allow-origin`;
  return undefined;
}

function allowsHost(host: string | undefined, options: RequestGuardOptions): boolean {
  // No browser leaves it out.
  if (host === undefined || !options.onLoopback() || options.allowHosts.includes('*')) return true;
  const name = hostnameOf(host);
  return name !== undefined && (isLoopback(name) || options.allowHosts.includes(name));
}

function allowsOrigin(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  return isLoopback(page.hostname) || page.host === host;
}

function hostnameOf(host: string): string | undefined {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : undefined;
}

/** Browsers resolve `localhost` and all below it themselves. */
function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  );
}

function shown(text: string | undefined): string {
  return (text ?? '').slice(0, 100);
}
