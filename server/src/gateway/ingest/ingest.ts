import {
  ERRORS,
  SpantailError,
  type Batch,
  type BatchRefusal,
  type BatchResult,
  type DecodedRequest,
  type IngestResponse,
  type RenewalRequest,
} from '@spantail/protocol';
import type { EventLog } from '../../log/event-log.ts';

export interface IngestOptions {
  /** Bytes of batches being appended at once; more is answered with OVERLOADED. Default 64 MiB. */
  maxInFlightBytes?: number;
}

/** Takes publishers' batches to the log. Idempotent by (producer, number), so is sending again. */
export class Ingest {
  readonly #log: EventLog;
  readonly #project: string;
  readonly #maxInFlightBytes: number;
  #inFlightBytes = 0;

  constructor(log: EventLog, project: string, options: IngestOptions = {}) {
    this.#log = log;
    this.#project = project;
    this.#maxInFlightBytes = options.maxInFlightBytes ?? 64 * 1024 * 1024;
  }

  /**
   * Holds `bytes` of the budget while `work` runs, and what `work` takes by calling `hold`. Whoever is
   * alone always has room.
   *
   * @throws SpantailError OVERLOADED when there is no room
   */
  async admit<T>(bytes: number, work: (hold: (more: number) => void) => Promise<T>): Promise<T> {
    let held = 0;
    const hold = (more: number): void => {
      const others = this.#inFlightBytes - held;
      if (others > 0 && more > 0 && this.#inFlightBytes + more > this.#maxInFlightBytes)
        throw new SpantailError(
          'OVERLOADED',
          `${this.#inFlightBytes} bytes are being written; send again in a moment`,
        );
      this.#inFlightBytes += more;
      held += more;
    };
    hold(bytes);
    try {
      return await work(hold);
    } finally {
      this.#inFlightBytes -= held;
    }
  }

  /**
   * One result a batch; batches of different traces go in side by side, those of one in order.
   *
   * [IN6] Behind a batch that is to be sent again, the later ones of its trace are refused like it:
   * written now, they would make it a duplicate, and its events would be lost.
   */
  async append({ producer, batches }: DecodedRequest): Promise<IngestResponse> {
    const lanes = new Map<string, Promise<BatchResult | BatchRefusal>>();
    const results = batches.map((batch): Promise<BatchResult | BatchRefusal> => {
      if ('outcome' in batch) return Promise.resolve(batch);
      const before = lanes.get(batch.traceId);
      const result =
        before === undefined
          ? this.#appendOne(producer, batch)
          : before.then((earlier) =>
              mayComeAgain(earlier) ? earlier : this.#appendOne(producer, batch),
            );
      lanes.set(batch.traceId, result);
      return result;
    });
    return { results: await Promise.all(results) };
  }

  /** Renews a publisher's leases; those it does not have are passed over. */
  async renew({ producer, traceIds, leaseMs }: RenewalRequest): Promise<void> {
    await Promise.all(
      traceIds.map((streamId) =>
        this.#log.renew({ project: this.#project, streamId }, producer, leaseMs),
      ),
    );
  }

  async #appendOne(producer: string, batch: Batch): Promise<BatchResult | BatchRefusal> {
    const { traceId, ...rest } = batch;
    try {
      const result = await this.#log.append({
        project: this.#project,
        streamId: traceId,
        producer,
        ...rest,
      });
      if (result.outcome === 'conflict') throw new Error('a publisher does not expect a tail');
      return { outcome: result.outcome, position: result.position, missing: result.missing };
    } catch (error) {
      return refuse(error);
    }
  }
}

function mayComeAgain(result: BatchResult | BatchRefusal): boolean {
  return result.outcome === 'refused' && result.retry;
}

export function refuse(error: unknown): BatchRefusal {
  const code = error instanceof SpantailError ? error.code : 'INTERNAL';
  const message = error instanceof Error ? error.message : String(error);
  const { retry } = ERRORS[code];
  return { outcome: 'refused', code, message, retry, ...(retry ? { retryAfterMs: 1_000 } : {}) };
}
