import { createHash } from 'node:crypto';
import {
  BESIDE_SEQ,
  toNormalForm,
  type NormalForm,
  type OtelEvent,
  type SpanId,
  type SpanLog,
  type TraceId,
} from '@spantail/protocol';
import type { Piece } from '../spans/append-parts.ts';
import { encodeUpdate } from '../spans/encode-span.ts';
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

/** What has come of one span in log records. */
export class JoinedSpan {
  /** Messages and other contents, by hash. */
  readonly #contents = new Map<string, OtelEvent>();
  /** Hashes of lines that are in the log. */
  readonly #lines = new Set<string>();
  /** Checks of the updates with lines that are in the log, by `seq`. */
  readonly #taken = new Map<number, number>();
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
    const lines = new Map<string, SpanLog[]>();
    let hasContents = false;
    for (const record of records) {
      const text = JSON.stringify(record.event);
      const hash = createHash('sha1').update(text).digest('base64');
      const { normal, logs } = read(traceId, spanId, record);
      if (isContents(normal)) {
        hasContents = true;
        this.#addContents(hash, record.event, text.length);
      }
      if (logs.length > 0 && !this.#lines.has(hash)) lines.set(hash, logs);
    }
    const pieces: Piece[] = [];
    const contents = hasContents ? this.#contentsUpdate(traceId, spanId) : undefined;
    if (contents !== undefined) pieces.push(contents);
    const written = this.#linesUpdate(spanId, [...lines.values()].flat());
    if (written !== undefined) pieces.push(written.piece);
    return {
      pieces,
      commit: () => {
        if (contents !== undefined) this.#contentsCheck = contents.said.check;
        if (written === undefined || this.#lines.size > MOST_LINES) return;
        this.#taken.set(written.seq, written.piece.said.check);
        for (const hash of lines.keys()) this.#lines.add(hash);
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

  #linesUpdate(spanId: SpanId, logs: SpanLog[]): { piece: Piece; seq: number } | undefined {
    const [first] = logs;
    if (first === undefined) return undefined;
    for (let seq = Math.min(BESIDE_SEQ + first.timeUs, MOST_LINES_SEQ - MOST_LINES); ; seq++) {
      // Others of the same microsecond have come before.
      if (this.#taken.has(seq)) continue;
      const said = encodeUpdate({ type: 'update', spanId, seq, logs }, undefined, undefined);
      return { piece: { said, news: said }, seq };
    }
  }
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
    ...(isFailure ? { message: exceptionText(event) } : {}),
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
