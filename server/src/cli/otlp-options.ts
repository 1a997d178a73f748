import type { GatewayOptions } from '../gateway/gateway.ts';
import { UsageError } from './usage-error.ts';

/** OTLP's own port for gRPC. */
const GRPC_PORT = 4317;

/** `--otlp-grpc`, `--otlp-grpc-port` and `--otlp-lease` of `spantail serve`. */
export function parseOtlp(values: {
  'otlp-grpc'?: boolean;
  'otlp-grpc-port'?: string;
  'otlp-lease'?: string;
}): Pick<GatewayOptions, 'otlpGrpcPort' | 'otlpLeaseMs'> {
  const { 'otlp-grpc': grpc, 'otlp-grpc-port': port, 'otlp-lease': lease } = values;
  return {
    ...(grpc === true || port !== undefined ? { otlpGrpcPort: parsePort(port) } : {}),
    ...(lease === undefined ? {} : { otlpLeaseMs: parseMinutes(lease) * 60_000 }),
  };
}

function parsePort(text: string | undefined): number {
  if (text === undefined) return GRPC_PORT;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`--otlp-grpc-port is a number from 0 to 65535, not "${text}"`);
}

function parseMinutes(text: string): number {
  const minutes = Number(text);
  if (text !== '' && minutes > 0 && minutes <= 60) return minutes;
  throw new UsageError(`--otlp-lease is a number of minutes up to 60, not "${text}"`);
}
