import { DEFAULT_PORT } from '../gateway/default-port.ts';
import { UsageError } from './usage-error.ts';

/** The gateway to talk to: the flag, SPANTAIL_URL when it names a gateway, or this machine's. */
export function gatewayUrl(flag: string | undefined): string {
  const fromEnvironment = process.env['SPANTAIL_URL'];
  if (flag === undefined && fromEnvironment !== undefined && /^(http|ws)s?:/.test(fromEnvironment))
    return fromEnvironment;
  const url = flag ?? `http://127.0.0.1:${DEFAULT_PORT}`;
  if (!URL.canParse(url) || !/^(http|ws)s?:/.test(url))
    throw new UsageError(`"${url}" is not a gateway's address; it looks like http://host:port`);
  return url;
}
