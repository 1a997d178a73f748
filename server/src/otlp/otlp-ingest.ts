import { createHash } from 'node:crypto';
import { batchProducer, type SpanId, type SpantailError, type TraceId } from '@spantail/protocol';
import type { EventLog } from '../log/event-log.ts';
import { groupBy } from './group-by.ts';
import { Lanes } from './lanes.ts';
import type { LogsRequest, TracesRequest } from './request.ts';
import { appendParts } from './spans/append-parts.ts';
import { readConventions } from './spans/conventions.ts';
import { encodeSpan, type EncodedEvent, type EncodedSpan } from './spans/encode-span.ts';
import { SpanMemory, type TraceMemory } from './spans/span-memory.ts';
import { JoinedLogs } from './logs/joined-logs.ts';
import { openSpansOf } from './logs/heartbeat.ts';

export interface OtlpIngestOptions {
  log: EventLog;
  project: string;
  /**
   * OTLP has no sign of life. When nothing comes of a trace for this long, the spans that it has open
   * are called lost; the end repairs it. Default 10 minutes: a tool may well take some.
   */
  leaseMs?: number;
}

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
   * Resolves when all spans are in the log.
   *
   * @throws SpantailError LOG_UNAVAILABLE: send the request again, what was written is known
   */
  async takeTraces({ spans }: Pick<TracesRequest, 'spans'>): Promise<void> {
    const meant = spans.map(readConventions).filter((span) => span !== undefined);
    const byTrace = groupBy(meant, ({ traceId }) => traceId);
    await this.#all([...byTrace], (traceId, list) => {
      const encoded = list.map(encodeSpan);
      const spanIds = encoded.map(({ spanId }) => spanId);
      return this.#append(traceId, encoded.flatMap(eventsOf), spanIds, (memory) => ({
        events: encoded.flatMap((span) => memory.take(span)),
        // With its root a run ends, if nothing else of it is known to be open.
        mayEnd: encoded.some(({ isRoot, close }) => isRoot && close !== undefined),
      }));
    });
  }

  /** The same for log records: what belongs to a span joins it. */
  async takeLogs({ records }: Pick<LogsRequest, 'records'>): Promise<void> {
    const { snapshots, rest } = openSpansOf(records);
    if (snapshots.length > 0) await this.takeTraces({ spans: snapshots });
    await this.#all([...groupBy(rest, ({ traceId }) => traceId)], (traceId, list) => {
      const events = this.#joined.join(list);
      return this.#append(traceId, events, [], () => ({ events, mayEnd: false }));
    });
  }

  async #all<T>(
    traces: readonly [TraceId, T[]][],
    take: (traceId: TraceId, list: T[]) => Promise<void>,
  ): Promise<void> {
    const outcomes = await Promise.allSettled(
      traces.map(([traceId, list]) => this.#lanes.run(traceId, () => take(traceId, list))),
    );
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') throw outcome.reason as SpantailError;
  }

  async #append(
    traceId: TraceId,
    all: readonly EncodedEvent[],
    spanIds: readonly SpanId[],
    newsIn: (memory: TraceMemory) => News,
  ): Promise<void> {
    const { memory, news } = this.#memory.use(traceId, (memory) => ({
      memory,
      news: newsIn(memory),
    }));
    if (news.events.length === 0) return;
    const open = memory.openCount > 0;
    try {
      await appendParts(this.#log, {
        stream: { project: this.#project, streamId: traceId },
        producer: batchProducer('otlp', hashOf(all)),
        events: news.events,
        known: memory.blobs,
        fin: !open && news.mayEnd,
        ...(open ? { leaseMs: this.#leaseMs } : {}),
      });
    } catch (error) {
      // Whether it was written is not known: when it comes again, it is written again.
      this.#memory.use(traceId, (memory) => memory.forget(spanIds));
      throw error;
    }
  }
}

/** What of a batch the log does not have yet. */
interface News {
  events: EncodedEvent[];
  mayEnd: boolean;
}

function eventsOf({ open, close }: EncodedSpan): EncodedEvent[] {
  return close === undefined ? [open] : [open, close];
}

/** Of the whole batch, whatever of it is news here: it is the same at every gateway. */
function hashOf(events: readonly EncodedEvent[]): string {
  const hash = createHash('sha256');
  for (const { bytes } of events) hash.update(bytes);
  return hash.digest('hex');
}
