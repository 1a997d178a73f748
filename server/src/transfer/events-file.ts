import {
  SpantailError,
  isTraceId,
  type Blob,
  type TraceEvent,
  type TraceId,
} from '@spantail/protocol';
import { hashBlob } from '../payload/hash-blob.ts';
import { parseJsonLine } from '../play/source/parse-json.ts';
import { runFileError } from '../play/source/run-file-error.ts';
import { eventFromJson, eventToJson } from './event-json.ts';

/**
 * A run as a file: JSON lines. The first says what it is, then come events in the log's order, each
 * blob ahead of the event that first needs it, and a last line that says that it is whole.
 */
export const EVENTS_FORMAT = 'spantail-events';
const VERSION = 1;

export interface ExportedEvent {
  event: TraceEvent;
  /** When the log took it in, milliseconds since the epoch. */
  timeMs: number;
  /** Blobs needed from here on. */
  blobs: Blob[];
}

export interface ExportedRun {
  traceId: TraceId;
  events: ExportedEvent[];
}

export function headLine(traceId: TraceId): string {
  return line({ format: EVENTS_FORMAT, version: VERSION, traceId });
}

export function eventLines({ event, timeMs, blobs }: ExportedEvent): string {
  const texts = blobs.map(({ bytes }) => line({ blob: Buffer.from(bytes).toString('base64') }));
  return `${texts.join('')}${line({ timeMs, event: eventToJson(event) })}`;
}

export function endLine(events: number): string {
  return line({ end: true, events });
}

export function isEventsFile(text: string): boolean {
  return /^\s*\{"format":"spantail-events"/.test(text.slice(0, 100));
}

/**
 * Reads a whole file back.
 *
 * @throws SpantailError BAD_MESSAGE naming file and line; also when the end line is not there
 */
export function readEventsFile(file: string, text: string): ExportedRun {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const head = parseJsonLine(file, 1, lines[0] ?? '', false);
  const traceId = field(head, 'traceId');
  if (field(head, 'version') !== VERSION || !isTraceId(traceId))
    throw runFileError(
      file,
      'line 1',
      `not the first line of a run exported by this version (${VERSION})`,
    );
  const events: ExportedEvent[] = [];
  let blobs: Blob[] = [];
  for (const [i, content] of lines.entries()) {
    if (i === 0) continue;
    const value = parseJsonLine(file, i + 1, content, i === lines.length - 1);
    if (field(value, 'end') === true) {
      if (field(value, 'events') === events.length && i === lines.length - 1)
        return { traceId, events };
      throw runFileError(
        file,
        `line ${i + 1}`,
        `the file has ${events.length} events, not as many as it says`,
      );
    }
    const blob = field(value, 'blob');
    if (typeof blob === 'string') {
      const bytes = new Uint8Array(Buffer.from(blob, 'base64'));
      blobs.push({ ref: hashBlob(bytes), bytes });
      continue;
    }
    events.push({
      event: readEvent(file, i + 1, value),
      timeMs: Number(field(value, 'timeMs')),
      blobs,
    });
    blobs = [];
  }
  throw runFileError(
    file,
    `line ${lines.length}`,
    'the file ends too early: its last line is not there',
  );
}

function readEvent(file: string, number: number, value: unknown): TraceEvent {
  try {
    return eventFromJson(field(value, 'event'));
  } catch (error) {
    if (!(error instanceof SpantailError)) throw error;
    throw runFileError(file, `line ${number}`, error.message, { cause: error });
  }
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
