import { SpantailError } from '@spantail/protocol';
import type { Exporter } from './exporter.ts';
import { HttpExporter } from './http-exporter.ts';
import { RedisExporter } from './redis/redis-exporter.ts';

export interface ExporterOptions {
  /** One attempt is given up after this. Default 10,000. */
  timeoutMs?: number;
  /** Redis only: a run is kept this long after its last event. Default 24 hours. */
  ttlMs?: number;
  /** Redis only. Default `default`. */
  project?: string;
}

/**
 * The exporter for an address: `http:`, `https:`, `ws:`, `wss:` is a gateway, `redis:`, `rediss:`,
 * `redis+cluster:` the log itself. Connects when there is something to send.
 *
 * @throws SpantailError BAD_MESSAGE when it is none of these, LOG_UNAVAILABLE for a malformed Redis
 * address
 */
export function createExporter(url: string, options: ExporterOptions = {}): Exporter {
  if (/^(http|ws)s?:\/\//.test(url) && URL.canParse(url)) return new HttpExporter(url, options);
  if (/^rediss?(\+cluster)?:/.test(url)) return new RedisExporter(url, options);
  throw new SpantailError(
    'BAD_MESSAGE',
    `"${url.replace(/\/\/[^@/]*@/, '//***@').slice(0, 200)}" is not an address to publish to; write http://host:7321 for a gateway, or redis://host:6379`,
  );
}
