import { createHash } from 'node:crypto';
import {
  BESIDE_SEQ,
  toNormalForm,
  truncate,
  type NormalForm,
  type OtelEvent,
  type SpanId,
  type SpanLog,
  type TraceId,
  type UpdateEvent,
} from '@spantail/protocol';
import type { Piece } from '../spans/append-parts.ts';
import { encodeUpdate, type EncodedEvent } from '../spans/encode-span.ts';
import type { SpanLogRecord } from '../request.ts';

/** Of one span. What comes beyond is written, but no longer told from a repeat. */
const MOST_CONTENTS = 200;
const MOST_CONTENT_BYTES = 8 * 1024 * 1024;
const MOST_LINES = 5_000;

/**
 * Lines are numbered by the time of the first one, in microseconds, so that a span's log is in order;
 * contents above all of them, the fuller ones higher. Neither needs to know what others wrote.
 */
const CONTENTS_SEQ = 2 ** 52;
const MOST_LINES_SEQ = CONTENTS_SEQ - 1;
const CONTENTS_STEP = 2 ** 44;

/** Characters of a line, and about of all the lines of one update. */
const LINE_CHARACTERS = 65_536;
const UPDATE_BYTES = 262_144;

/** Lines that one record makes. */
interface Line {
  hash: string;
  logs: SpanLog[];
  bytes: number;
}

/** What has come of one span in log records. */
export class JoinedSpan {
  /** Messages and other contents, by hash. */
  readonly #contents = new Map<string, OtelEvent>();
  /** Hashes of lines that are in the log. */
  readonly #lines = new Set<string>();
  /** `seq`s of the updates with lines that are in the log. */
  readonly #taken = new Set<number>();
  #contentsCheck: number | undefined;
  #contentBytes = 0;

  /** What it takes, about. */
  get bytes(): number {
    return 500 + this.#contentBytes + 200 * (this.#lines.size + this.#contents.size);
  }

  /** Updates for these records; `commit` when they are in the log. */
  join(
    traceId: TraceId,
    spanId: SpanId,
    records: readonly SpanLogRecord[],
  ): { pieces: Piece[]; commit: () => void } {
    const lines: Line[] = [];
    const seen = new Set(this.#lines);
    let hasContents = false;
    for (const record of records) {
      const text = JSON.stringify(record.event);
      const hash = createHash('sha1').update(text).digest('base64');
      const { normal, logs } = read(traceId, spanId, record);
      if (isContents(normal)) {
        hasContents = true;
        this.#addContents(hash, record.event, text.length);
      }
      if (logs.length === 0 || seen.has(hash)) continue;
      seen.add(hash);
      lines.push({ hash, logs, bytes: text.length });
    }
    const pieces: Piece[] = [];
    const contents = hasContents ? this.#contentsUpdate(traceId, spanId) : undefined;
    if (contents !== undefined) pieces.push(contents);
    const written = this.#linesUpdates(spanId, lines);
    for (const said of written.values()) pieces.push({ said, news: said });
    return {
      pieces,
      commit: () => {
        if (contents !== undefined) this.#contentsCheck = contents.said.check;
        if (this.#lines.size > MOST_LINES) return;
        for (const seq of written.keys()) this.#taken.add(seq);
        for (const { hash } of lines) this.#lines.add(hash);
      },
    };
  }

  #addContents(hash: string, event: OtelEvent, bytes: number): void {
    if (this.#contents.has(hash) || this.#contents.size >= MOST_CONTENTS) return;
    if (this.#contentBytes + bytes > MOST_CONTENT_BYTES) return;
    this.#contents.set(hash, event);
    this.#contentBytes += bytes;
  }

  /** All of it as far as it has come: messages come as one record each. */
  #contentsUpdate(traceId: TraceId, spanId: SpanId): Piece | undefined {
    const events = [...this.#contents.values()].sort((a, b) => a.timeUs - b.timeUs);
    const hash = createHash('sha1');
    for (const key of [...this.#contents.keys()].sort()) hash.update(key);
    const low = hash.digest().readUIntBE(0, 5);
    const { input, output, attributes } = normalOf(traceId, spanId, events);
    const said = encodeUpdate(
      {
        type: 'update',
        spanId,
        seq: CONTENTS_SEQ + this.#contents.size * CONTENTS_STEP + low,
        ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
      },
      input,
      output,
    );
    return said.check === this.#contentsCheck ? { said } : { said, news: said };
  }

  /** By `seq`. */
  #linesUpdates(spanId: SpanId, lines: readonly Line[]): Map<number, EncodedEvent> {
    const updates = new Map<number, EncodedEvent>();
    for (const logs of inUpdates(lines)) {
      let seq = Math.min(BESIDE_SEQ + (logs[0]?.timeUs ?? 0), MOST_LINES_SEQ - 2 * MOST_LINES);
      // Others of the same microsecond have come before.
      while (this.#taken.has(seq) || updates.has(seq)) seq++;
      const update: UpdateEvent = { type: 'update', spanId, seq, logs };
      updates.set(seq, encodeUpdate(update, undefined, undefined));
    }
    return updates;
  }
}

/** As many lines in an update as are well within an event. */
function inUpdates(lines: readonly Line[]): SpanLog[][] {
  const updates: SpanLog[][] = [];
  let bytes = Infinity;
  for (const line of lines) {
    if (bytes + line.bytes > UPDATE_BYTES) {
      updates.push([]);
      bytes = 0;
    }
    updates.at(-1)?.push(...line.logs);
    bytes += line.bytes;
  }
  return updates;
}

function read(
  traceId: TraceId,
  spanId: SpanId,
  { event, severity }: SpanLogRecord,
): { normal: NormalForm; logs: SpanLog[] } {
  const normal = normalOf(traceId, spanId, [event]);
  const isFailure = isException(event.name);
  const level = isFailure ? 'error' : severity;
  // What became an error of the span would be no line; that is its own end's to say.
  const lines = isContents(normal) || normal.logs.length > 0 ? normal.logs : [lineOf(event)];
  const logs = lines.map((line) => ({
    ...line,
    message: truncate(isFailure ? exceptionText(event) : line.message, LINE_CHARACTERS),
    ...(level === undefined ? {} : { level }),
  }));
  return { normal, logs };
}

function lineOf({ timeUs, name, attributes }: OtelEvent): SpanLog {
  return {
    timeUs,
    message: name,
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
}

function normalOf(traceId: TraceId, spanId: SpanId, events: OtelEvent[]): NormalForm {
  return toNormalForm({
    traceId,
    spanId,
    name: '',
    startUs: 0,
    status: 'unset',
    attributes: {},
    events,
    links: [],
    resource: {},
  });
}

function isContents({ input, output, attributes }: NormalForm): boolean {
  return input !== undefined || output !== undefined || Object.keys(attributes).length > 0;
}

function isException(name: string): boolean {
  return name === 'exception' || name.endsWith('.exception');
}

function exceptionText({ name, attributes }: OtelEvent): string {
  const { 'exception.type': type, 'exception.message': message } = attributes;
  return [type, message].filter((text) => typeof text === 'string').join(': ') || name;
}
