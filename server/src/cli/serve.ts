import { parseArgs } from 'node:util';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SpantailError, withPrices, type PriceTable } from '@spantail/protocol';
import { isPostgresUrl, openArchive } from '../archive/open-archive.ts';
import { isDashboardBuilt } from '../gateway/dashboard/dashboard-routes.ts';
import { DEFAULT_PORT } from '../gateway/default-port.ts';
import { startGateway, type Gateway, type GatewayOptions } from '../gateway/gateway.ts';
import { LeaseWatch } from '../indexer/lease-watch.ts';
import { Indexer } from '../indexer/indexer.ts';
import { Retention } from '../indexer/retention.ts';
import { dataDirectory, openLog } from '../log/open-log.ts';
import { parseOtlp } from './otlp-options.ts';
import { parseRetention } from './retention-limits.ts';
import { UsageError } from './usage-error.ts';

const OPTIONS = {
  host: { type: 'string' },
  port: { type: 'string' },
  data: { type: 'string' },
  redis: { type: 'string' },
  archive: { type: 'string' },
  role: { type: 'string' },
  'otlp-grpc': { type: 'boolean' },
  'otlp-grpc-port': { type: 'string' },
  'otlp-lease': { type: 'string' },
  prices: { type: 'string' },
  'hot-after-end': { type: 'string' },
  keep: { type: 'string' },
  'keep-size': { type: 'string' },
  ttl: { type: 'string' },
  'allow-origin': { type: 'string', multiple: true },
  'allow-host': { type: 'string', multiple: true },
} as const;

/** `spantail serve`: gateway and indexer in one process, or one of them, until a signal. */
export async function serve(args: string[], signal: AbortSignal): Promise<number> {
  const { values } = parseArgs({ args, options: OPTIONS, strict: true });
  const host = values.host ?? '127.0.0.1';
  const port = parsePort(values.port);
  const ttlMs = parseHours(values.ttl) * 3_600_000;
  const hotAfterEndMs = parseMinutes(values['hot-after-end']) * 60_000;
  const role = parseRole(values.role);
  const otlp = parseOtlp(values);
  // The gRPC library, loaded later, would write a line of its own about what is told here.
  process.env['GRPC_VERBOSITY'] ??= 'NONE';
  const limits = parseRetention(values);
  const prices = values.prices === undefined ? undefined : readPrices(values.prices);
  const place = values.archive ?? join(dataDirectory(values.data), 'archive.sqlite');
  if (role !== 'all' && (values.redis === undefined || !isShared(place)))
    throw new UsageError(
      `--role ${role} needs a log and a record that processes share: --redis URL, and --archive ` +
        'with a postgres:// address or none',
    );

  const onError = (error: unknown): void => {
    process.stderr.write(`spantail serve: ${describe(error)}\n`);
  };
  // What was opened, to be closed the other way round.
  const parts: { close(): Promise<unknown> }[] = [];
  const closeAll = async (): Promise<void> => {
    for (const part of parts.reverse()) await part.close();
  };
  try {
    const log = await openLog(values.redis, values.data, ttlMs);
    parts.push(log);
    const archive = place === 'none' ? undefined : await openArchive(place);
    if (archive !== undefined) parts.push(archive);
    const record = archive === undefined ? {} : { archive };
    const indexing = role === 'gateway' ? undefined : { log, ...record, onError };
    const indexer =
      indexing &&
      new Indexer({ ...indexing, hotAfterEndMs, ...(prices === undefined ? {} : { prices }) });
    const leases = indexing && new LeaseWatch(indexing);
    if (indexer !== undefined) parts.push(indexer);
    if (leases !== undefined) parts.push(leases);
    const retention = indexing && archive && new Retention({ archive, log, onError, ...limits });
    if (retention !== undefined) parts.push(retention);
    const where = `${describeLog(values)}, ${describeArchive(place)}`;
    if (role === 'indexer') process.stdout.write(`spantail indexing (${where})\n`);
    else {
      const gateway = await listen({
        log,
        ...record,
        ...(indexer === undefined ? {} : { lag: () => indexer.lag() }),
        host,
        port,
        allowOrigins: values['allow-origin'] ?? [],
        allowHosts: values['allow-host'] ?? [],
        ...otlp,
      });
      parts.push(gateway);
      process.stdout.write(`spantail listening on ${gateway.url} (${where})\n`);
      if (isDashboardBuilt()) process.stdout.write(`open ${pageUrl(gateway)} in a browser\n`);
      if (gateway.otlpGrpcPort !== undefined)
        process.stdout.write(`OTLP over gRPC on ${gateway.host}:${gateway.otlpGrpcPort}\n`);
      if (!isLoopbackHost(gateway.host)) process.stderr.write(warnOpen(gateway.host));
    }
    indexer?.start();
    leases?.start();
    retention?.start();
    await aborted(signal);
  } finally {
    await closeAll();
  }
  process.stdout.write('spantail stopped\n');
  return 0;
}

type ListenOptions = GatewayOptions & { host: string; port: number };

async function listen(options: ListenOptions): Promise<Gateway> {
  try {
    return await startGateway(options);
  } catch (error) {
    throw explainListen(error, options);
  }
}

/** "All addresses" is none that a browser can open. */
function pageUrl({ url, host, port }: Gateway): string {
  return host === '0.0.0.0' || host === '::' ? `http://localhost:${port}` : url;
}

function describeLog({ redis, data }: { redis?: string; data?: string }): string {
  return redis === undefined
    ? `embedded log in ${dataDirectory(data)}`
    : `log on ${hidePassword(redis)}`;
}

function describeArchive(place: string): string {
  if (place === 'none') return 'no archive';
  return `archive ${isPostgresUrl(place) ? `on ${hidePassword(place)}` : `in ${place}`}`;
}

/** Whether several processes can work on it; no archive at all holds nobody up. */
function isShared(place: string): boolean {
  return place === 'none' || isPostgresUrl(place);
}

function warnOpen(host: string): string {
  return (
    `spantail serve: ${host} is not loopback: whoever reaches this port can read and ` +
    'publish runs. Put it behind a proxy that authenticates, or bind 127.0.0.1.\n'
  );
}

function parseRole(text = 'all'): 'all' | 'gateway' | 'indexer' {
  if (text === 'all' || text === 'gateway' || text === 'indexer') return text;
  throw new UsageError(`--role is gateway, indexer or all, not "${text}"`);
}

function parseMinutes(text: string | undefined): number {
  const minutes = Number(text ?? 10);
  if (text !== '' && minutes >= 0 && minutes <= 60 * 24 * 365) return minutes;
  throw new UsageError(`--hot-after-end is a number of minutes, not "${text}"`);
}

function readPrices(file: string): PriceTable {
  try {
    return withPrices(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new UsageError(`--prices ${file}: ${describe(error)}`);
  }
}

function parsePort(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORT;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`--port is a number from 0 to 65535, not "${text}"`);
}

function parseHours(text: string | undefined): number {
  const hours = Number(text ?? 24);
  if (hours > 0 && hours <= 24 * 365) return hours;
  throw new UsageError(`--ttl is a number of hours up to ${24 * 365}, not "${text}"`);
}

function explainListen(error: unknown, options: ListenOptions): unknown {
  const { host, port } = options;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return new SpantailError(
      'INTERNAL',
      `port ${port} on ${host} is taken; stop what listens there or choose another with --port`,
    );
  // How gRPC's library says it.
  if (
    error instanceof Error &&
    /No address added|bind/i.test(error.message) &&
    options.otlpGrpcPort !== undefined
  )
    return new SpantailError(
      'INTERNAL',
      `port ${options.otlpGrpcPort} on ${host} is taken; choose another for OTLP over gRPC with --otlp-grpc-port`,
    );
  return error;
}

function hidePassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//***@');
}

function isLoopbackHost(host: string): boolean {
  return host === '::1' || host.startsWith('127.');
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
