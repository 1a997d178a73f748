import { parseArgs } from 'node:util';
import { SpantailError } from '@spantail/protocol';
import { DEFAULT_PORT } from '../gateway/default-port.ts';
import { startGateway, type Gateway } from '../gateway/gateway.ts';
import { LeaseWatch } from '../indexer/lease-watch.ts';
import { Tracker } from '../indexer/tracker.ts';
import { dataDirectory, openLog } from '../log/open-log.ts';
import { UsageError } from './usage-error.ts';

const OPTIONS = {
  host: { type: 'string' },
  port: { type: 'string' },
  data: { type: 'string' },
  redis: { type: 'string' },
  ttl: { type: 'string' },
  'allow-origin': { type: 'string', multiple: true },
  'allow-host': { type: 'string', multiple: true },
} as const;

/** `spantail serve`: gateway and tracker in one process, until a signal. */
export async function serve(args: string[], signal: AbortSignal): Promise<number> {
  const { values } = parseArgs({ args, options: OPTIONS, strict: true });
  const host = values.host ?? '127.0.0.1';
  const port = parsePort(values.port);
  const ttlMs = parseHours(values.ttl) * 3_600_000;
  if (values.redis !== undefined && values.data !== undefined)
    throw new UsageError('--redis and --data exclude each other: the log is in one or the other');

  const log = await openLog(values.redis, values.data, ttlMs);
  const onError = (error: unknown): void => {
    process.stderr.write(`spantail serve: ${describe(error)}\n`);
  };
  const tracker = new Tracker({ log, onError });
  const leases = new LeaseWatch({ log, onError });
  let gateway: Gateway;
  try {
    gateway = await startGateway({
      log,
      host,
      port,
      allowOrigins: values['allow-origin'] ?? [],
      allowHosts: values['allow-host'] ?? [],
    });
  } catch (error) {
    await log.close();
    throw explainListen(error, host, port);
  }
  tracker.start();
  leases.start();
  const where =
    values.redis === undefined
      ? `embedded log in ${dataDirectory(values.data)}`
      : `log on ${hidePassword(values.redis)}`;
  process.stdout.write(`spantail listening on ${gateway.url} (${where})\n`);
  if (!isLoopbackHost(gateway.host))
    process.stderr.write(
      `spantail serve: ${gateway.host} is not loopback: whoever reaches this port can read and ` +
        'publish runs. Put it behind a proxy that authenticates, or bind 127.0.0.1.\n',
    );

  await aborted(signal);
  await gateway.close();
  await leases.close();
  await tracker.close();
  await log.close();
  process.stdout.write('spantail stopped\n');
  return 0;
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

function explainListen(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return new SpantailError(
      'INTERNAL',
      `port ${port} on ${host} is taken; stop what listens there or choose another with --port`,
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
