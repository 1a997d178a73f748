import { readLogsJson } from './json/read-logs.ts';
import { readTracesJson } from './json/read-traces.ts';
import type { OtlpIngest } from './otlp-ingest.ts';
import { readLogsProtobuf } from './protobuf/read-logs.ts';
import { readTracesProtobuf } from './protobuf/read-traces.ts';
import type { Rejected } from './request.ts';

export type Signal = 'traces' | 'logs';
export type Encoding = 'protobuf' | 'json';

/**
 * One request, whatever it came over: read, and brought to the log.
 *
 * @returns what of it could not be kept
 * @throws ProtobufError, SyntaxError or TypeError for a body that is no such request, SpantailError
 * when the log does not take it
 */
export async function takeSignal(
  otlp: OtlpIngest,
  signal: Signal,
  encoding: Encoding,
  body: Buffer,
): Promise<{ rejected: Rejected }> {
  if (signal === 'traces') {
    const request = encoding === 'json' ? readTracesJson(parse(body)) : readTracesProtobuf(body);
    await otlp.takeTraces(request);
    return request;
  }
  const request = encoding === 'json' ? readLogsJson(parse(body)) : readLogsProtobuf(body);
  await otlp.takeLogs(request);
  return request;
}

function parse(body: Buffer): unknown {
  return body.byteLength === 0 ? {} : JSON.parse(body.toString('utf8'));
}
