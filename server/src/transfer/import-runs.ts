import { SpantailError, type TraceEvent, type TraceId, type Blob } from '@spantail/protocol';
import type { PlaySink } from '../play/index.ts';
import { parseJsonFile } from '../play/source/parse-json.ts';
import { readText } from '../play/source/read-text.ts';
import { runFileError } from '../play/source/run-file-error.ts';
import type { JsonValue } from '../play/index.ts';
import { isEventsFile, readEventsFile } from './events-file.ts';
import { fromOtlp, isOtlp, type ImportedSpan } from './otlp/from-otlp.ts';

/** A run that was read from a file and can be published with its own ids and times. */
export interface ImportableRun {
  traceId: TraceId;
  publish(sink: PlaySink): Promise<number>;
}

/**
 * The runs of an exported file: JSON lines of events, or OTLP/JSON. Nothing is published here.
 *
 * @throws SpantailError NOT_FOUND, TOO_LARGE, BAD_MESSAGE naming file and line
 */
export async function readImport(file: string): Promise<ImportableRun[]> {
  const text = await readText(file);
  if (isEventsFile(text)) {
    const { traceId, events } = readEventsFile(file, text);
    return [{ traceId, publish: (sink) => publishAll(sink, traceId, events) }];
  }
  const value = parseJsonFile(file, text);
  if (!isOtlp(value))
    throw runFileError(
      file,
      '',
      'neither exported events nor OTLP/JSON; see: spantail help import',
    );
  const byTrace = new Map<TraceId, ImportedSpan[]>();
  for (const span of fromOtlp(file, value))
    byTrace.set(span.traceId, [...(byTrace.get(span.traceId) ?? []), span]);
  return [...byTrace].map(([traceId, spans]) => ({
    traceId,
    publish: (sink) => publishSpans(sink, traceId, spans),
  }));
}

async function publishAll(
  sink: PlaySink,
  traceId: TraceId,
  events: readonly { event: TraceEvent; blobs: Blob[] }[],
): Promise<number> {
  for (const { event, blobs } of events) {
    await sink.ready?.();
    sink.publish(traceId, event, blobs);
  }
  return events.length;
}

/** Opens and closes in the order of time, as they happened. */
async function publishSpans(
  sink: PlaySink,
  traceId: TraceId,
  spans: readonly ImportedSpan[],
): Promise<number> {
  type Step = { atUs: number; publish: () => void };
  const steps: Step[] = spans.flatMap(({ open, close, logs, input, output }) => {
    const opening: Step = {
      atUs: open.startUs,
      publish: () => {
        const payload =
          input === undefined ? {} : { input: sink.payload(traceId, input as JsonValue) };
        sink.publish(traceId, { ...open, ...payload });
        if (logs.length > 0)
          sink.publish(traceId, { type: 'update', spanId: open.spanId, seq: 0, logs });
      },
    };
    if (close === undefined) return [opening];
    const closing: Step = {
      atUs: close.endUs,
      publish: () => {
        const payload =
          output === undefined ? {} : { output: sink.payload(traceId, output as JsonValue) };
        sink.publish(traceId, { ...close, ...payload });
      },
    };
    return [opening, closing];
  });
  for (const step of steps.toSorted((a, b) => a.atUs - b.atUs)) {
    await sink.ready?.();
    step.publish();
  }
  return steps.length;
}

/** @throws SpantailError BAD_MESSAGE */
export function refuseExisting(traceId: TraceId): never {
  throw new SpantailError(
    'BAD_MESSAGE',
    `the gateway has a run ${traceId} already; remove it first, or import with --force to add to it`,
  );
}
