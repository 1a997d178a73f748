import {
  ERRORS,
  SpantailError,
  leaseHolder,
  batchProducer,
  type TraceId,
} from '@spantail/protocol';
import type { EventLog } from '../log/event-log.ts';
import { groupBy } from './group-by.ts';
import { Lanes } from './lanes.ts';
import { doAll } from './pace.ts';
import { openSpansOf } from './logs/heartbeat.ts';
import { JoinedLogs } from './logs/joined-logs.ts';
import {
  readOrReject,
  reject,
  type LogsRequest,
  type Rejected,
  type TracesRequest,
} from './request.ts';
import { appendParts, type Piece } from './spans/append-parts.ts';
import { describeSpan } from './spans/check-span.ts';
import { readConventions } from './spans/conventions.ts';
import { encodeSpan, type EncodedSpan } from './spans/encode-span.ts';
import { SpanMemory } from './spans/span-memory.ts';
import type { Before, TraceMemory } from './spans/trace-memory.ts';

export interface OtlpIngestOptions {
  log: EventLog;
  project: string;
  /**
   * OTLP has no sign of life. When nothing comes of a trace for this long, the spans that it has open
   * are called lost; the end repairs it. Default 10 minutes: a tool may well take some.
   */
  leaseMs?: number;
}

/** All batches share it, whatever they are called. */
const LEASE_HOLDER = leaseHolder(batchProducer('otlp', '0'.repeat(24)));

/** Takes what OTLP brings to the log. Idempotent: a request that comes again changes nothing. */
export class OtlpIngest {
  readonly #log: EventLog;
  readonly #project: string;
  readonly #leaseMs: number;
  readonly #memory = new SpanMemory();
  readonly #joined = new JoinedLogs();
  /** Requests may overtake each other; within a trace they are written one by one. */
  readonly #lanes = new Lanes<TraceId>();

  constructor({ log, project, leaseMs = 600_000 }: OtlpIngestOptions) {
    this.#log = log;
    this.#project = project;
    this.#leaseMs = leaseMs;
  }

  /**
   * Resolves when all spans are in the log, but for those that were added to the rejected.
   *
   * @throws SpantailError LOG_UNAVAILABLE and the like: send the request again, what was written is
   * known
   */
  async takeTraces({ spans, rejected }: TracesRequest): Promise<void> {
    const encoded: { traceId: TraceId; span: EncodedSpan }[] = [];
    await doAll(spans, (span) =>
      readOrReject(
        rejected,
        () => describeSpan(span),
        () => {
          const meant = readConventions(span);
          if (meant !== undefined)
            encoded.push({ traceId: meant.traceId, span: encodeSpan(meant) });
        },
      ),
    );
    const byTrace = groupBy(encoded, ({ traceId }) => traceId);
    await this.#all(byTrace, rejected, async (traceId, list) => {
      const before: Before = new Map();
      await this.#append(
        traceId,
        (memory) => list.flatMap(({ span }) => memory.take(span, before)),
        // Whether it was written is not known: when it comes again, it is written again.
        (memory) => memory.restore(before),
      );
    });
  }

  /** The same for log records: what belongs to a span joins it. */
  async takeLogs({ records, heartbeats, rejected }: LogsRequest): Promise<void> {
    if (heartbeats.length > 0) await this.takeTraces({ spans: openSpansOf(heartbeats), rejected });
    const byTrace = groupBy(records, ({ traceId }) => traceId);
    await this.#all(byTrace, rejected, async (traceId, list) => {
      const { pieces, commit } = this.#joined.join(list);
      await this.#append(
        traceId,
        () => pieces,
        () => {},
      );
      commit();
    });
  }

  /** Each trace by itself: what the log refuses for good costs only the trace that it is of. */
  async #all<T>(
    byTrace: ReadonlyMap<TraceId, T[]>,
    rejected: Rejected,
    take: (traceId: TraceId, list: T[]) => Promise<void>,
  ): Promise<void> {
    const toSendAgain: unknown[] = [];
    const one = async ([traceId, list]: [TraceId, T[]]): Promise<void> => {
      try {
        await this.#lanes.run(traceId, () => take(traceId, list));
      } catch (error) {
        if (!isForGood(error)) toSendAgain.push(error);
        else for (const _ of list) reject(rejected, `trace ${traceId}: ${error.message}`);
      }
    };
    await Promise.all([...byTrace].map(one));
    if (toSendAgain.length === 0) return;
    const [first] = toSendAgain;
    throw first instanceof Error ? first : new Error(String(first));
  }

  async #append(
    traceId: TraceId,
    take: (memory: TraceMemory) => Piece[],
    undo: (memory: TraceMemory) => void,
  ): Promise<void> {
    const stream = { project: this.#project, streamId: traceId };
    const { memory, pieces } = this.#memory.use(traceId, (memory) => ({
      memory,
      pieces: take(memory),
    }));
    const isNews = pieces.some(({ news }) => news !== undefined);
    const hasOpen = memory.openCount > 0;
    const fin = !hasOpen && memory.rootEnded;
    try {
      if (isNews)
        await appendParts(this.#log, {
          stream,
          pieces,
          known: memory.blobs,
          onWritten: (refs) => this.#memory.use(traceId, (memory) => memory.learnBlobs(refs)),
          fin,
          ...(hasOpen ? { leaseMs: this.#leaseMs } : {}),
        });
      // A sign of life: of the same snapshots once more, or of a trace that others have open spans of.
      if (hasOpen ? !isNews : !fin) await this.#log.renew(stream, LEASE_HOLDER, this.#leaseMs);
    } catch (error) {
      this.#memory.use(traceId, undo);
      throw error;
    }
  }
}

function isForGood(error: unknown): error is SpantailError {
  return error instanceof SpantailError && !ERRORS[error.code].retry;
}
