import { SpantailError } from '@spantail/protocol';
import { parseJson } from './json/parse-json.ts';
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
 * @throws SpantailError BAD_MESSAGE or TOO_LARGE for a body that is no such request, and others when
 * the log does not take it
 */
export async function takeSignal(
  otlp: OtlpIngest,
  signal: Signal,
  encoding: Encoding,
  body: Buffer,
): Promise<{ rejected: Rejected }> {
  if (signal === 'traces') {
    const request = orBadMessage(() =>
      encoding === 'json' ? readTracesJson(parseJson(body)) : readTracesProtobuf(body),
    );
    await otlp.takeTraces(request);
    return request;
  }
  const request = orBadMessage(() =>
    encoding === 'json' ? readLogsJson(parseJson(body)) : readLogsProtobuf(body),
  );
  await otlp.takeLogs(request);
  return request;
}

/** What the readers throw is about what was sent. */
function orBadMessage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SpantailError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new SpantailError('BAD_MESSAGE', message, { cause: error });
  }
}
