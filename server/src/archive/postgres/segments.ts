import type { PoolClient } from 'pg';
import { comparePositions } from '@spantail/protocol';
import { parsePosition, type Position } from '../../log/position.ts';
import type { LogEntry, ReadOptions } from '../../log/event-log.ts';
import { decodeSegment, encodeSegment, splitIntoSegments } from '../segment/segment-codec.ts';
import type { Connection } from './connection.ts';
import { hexOf, type RunPlace } from './span-columns.ts';
import { storedJson } from './stored-text.ts';

/** Segments of single commits are merged when there are this many. */
export const LOOSE_SEGMENTS = 64;
/** Segments read at once: bounded by this, and by the bytes and entries that are wanted. */
const READ_SEGMENTS = 64;

type Place = Pick<RunPlace, 'project' | 'traceId'>;

interface SegmentRow {
  body: Buffer;
}

const INSERT = `
INSERT INTO spantail.segments
  (project, trace_id, first_ms, first_seq, last_ms, last_seq, entries, event_bytes, body)
SELECT * FROM json_to_recordset($1::json) AS rows
  (project integer, trace_id uuid, first_ms bigint, first_seq bigint, last_ms bigint,
   last_seq bigint, entries integer, event_bytes bigint, body bytea)`;

/** A segment's row, ready to be written. */
export interface NewSegment {
  columns: Record<string, unknown>;
  /** Compressed. */
  bytes: number;
}

export function newSegments({ project, traceId }: Place, entries: LogEntry[]): NewSegment[] {
  return splitIntoSegments(entries).map((segment) => {
    const first = parsePosition(segment[0]?.position ?? '0-0');
    const last = parsePosition(segment.at(-1)?.position ?? '0-0');
    const body = encodeSegment(segment);
    const columns = {
      project,
      trace_id: traceId,
      first_ms: first.ms,
      first_seq: first.seq,
      last_ms: last.ms,
      last_seq: last.seq,
      entries: segment.length,
      event_bytes: segment.reduce((sum, { events }) => sum + events.byteLength, 0),
      body: hexOf(body),
    };
    return { columns, bytes: body.byteLength };
  });
}

export async function insertSegments(client: PoolClient, segments: NewSegment[]): Promise<void> {
  if (segments.length === 0) return;
  await client.query({
    name: 'insert-segments',
    text: INSERT,
    values: [storedJson(segments.map(({ columns }) => columns))],
  });
}

/** Makes of the newest `loose` segments as few as there need be; how much smaller that is. */
export async function mergeSegments(
  client: PoolClient,
  place: Place,
  loose: number,
): Promise<{ loose: number; savedBytes: number }> {
  const { rows } = await client.query<SegmentRow>(
    `DELETE FROM spantail.segments d USING (
       SELECT last_ms, last_seq FROM spantail.segments WHERE project = $1 AND trace_id = $2
       ORDER BY last_ms DESC, last_seq DESC LIMIT $3) newest
     WHERE d.project = $1 AND d.trace_id = $2
       AND d.last_ms = newest.last_ms AND d.last_seq = newest.last_seq
     RETURNING d.body`,
    [place.project, place.traceId, loose],
  );
  const entries = rows
    .flatMap(({ body }) => decodeSegment(body))
    .sort((a, b) => comparePositions(a.position, b.position));
  const merged = newSegments(place, entries);
  await insertSegments(client, merged);
  const before = rows.reduce((sum, { body }) => sum + body.byteLength, 0);
  const after = merged.reduce((sum, { bytes }) => sum + bytes, 0);
  // The last one may still grow.
  return { loose: Math.min(1, merged.length), savedBytes: before - after };
}

/** Reads a run's log from its segments. */
export class SegmentReader {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async read(place: Place, options: ReadOptions): Promise<LogEntry[]> {
    const { until, maxEntries, maxBytes } = options;
    const found: LogEntry[] = [];
    let bytes = 0;
    let after = options.after;
    for (;;) {
      const wanted = { entries: maxEntries - found.length, bytes: maxBytes - bytes };
      const page = await this.#page(place, parsePosition(after), wanted);
      if (page.length === 0) return found;
      for (const entry of page) {
        if (comparePositions(entry.position, after) <= 0) continue;
        if (until !== undefined && comparePositions(entry.position, until) > 0) return found;
        found.push(entry);
        bytes += entry.events.byteLength;
        if (found.length >= maxEntries || bytes >= maxBytes) return found;
      }
      after = page.at(-1)?.position ?? after;
    }
  }

  async entry(place: Place, position: string): Promise<LogEntry | undefined> {
    const { ms, seq } = parsePosition(position);
    if (!Number.isSafeInteger(ms) || !Number.isSafeInteger(seq)) return undefined;
    const rows = await this.#connection.query<SegmentRow>(
      `SELECT body FROM spantail.segments
       WHERE project = $1 AND trace_id = $2 AND (last_ms, last_seq) >= ($3::bigint, $4::bigint)
       ORDER BY last_ms, last_seq LIMIT 1`,
      [place.project, place.traceId, ms, seq],
      'segment-of',
    );
    return entriesOf(rows).find((entry) => entry.position === position);
  }

  async positionAt(place: Place, timeMs: number): Promise<string | undefined> {
    const atMs = Math.floor(Math.min(Math.max(timeMs, -1), Number.MAX_SAFE_INTEGER));
    // The newest segment that begins by then: all before it are older.
    const rows = await this.#connection.query<SegmentRow>(
      `SELECT body FROM spantail.segments
       WHERE project = $1 AND trace_id = $2 AND first_ms <= $3::bigint
       ORDER BY last_ms DESC, last_seq DESC LIMIT 1`,
      [place.project, place.traceId, atMs],
    );
    return entriesOf(rows).findLast((entry) => parsePosition(entry.position).ms <= atMs)?.position;
  }

  /** The segments that hold what is wanted, as far as one answer should be large. */
  async #page(
    { project, traceId }: Place,
    after: Position,
    wanted: { entries: number; bytes: number },
  ): Promise<LogEntry[]> {
    const rows = await this.#connection.query<SegmentRow>(
      `SELECT body FROM (
         SELECT body, last_ms, last_seq,
           sum(entries) OVER up_to - entries AS entries_before,
           sum(event_bytes) OVER up_to - event_bytes AS bytes_before
         FROM (
           SELECT * FROM spantail.segments
           WHERE project = $1 AND trace_id = $2 AND (last_ms, last_seq) > ($3::bigint, $4::bigint)
           ORDER BY last_ms, last_seq LIMIT ${READ_SEGMENTS}
         ) next
         WINDOW up_to AS (ORDER BY last_ms, last_seq)
       ) counted
       WHERE entries_before < $5::float8 AND bytes_before < $6::float8
       ORDER BY last_ms, last_seq`,
      [project, traceId, after.ms, after.seq, wanted.entries, wanted.bytes],
      'segments-behind',
    );
    return entriesOf(rows);
  }
}

function entriesOf(rows: SegmentRow[]): LogEntry[] {
  return rows.flatMap(({ body }) => decodeSegment(body));
}
