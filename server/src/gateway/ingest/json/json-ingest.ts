import { ERRORS, SpantailError, leaseHolder, type ErrorCode } from '@spantail/protocol';
import type { EventLog } from '../../../log/event-log.ts';
import { refuse, type Ingest } from '../ingest.ts';
import { NumberedAppend } from './numbered-append.ts';
import { readBatches, type JsonBatch, type JsonGroup } from './read-batches.ts';
import { readBody } from './read-body.ts';

/** What became of one run's events. */
export type JsonResult =
  | {
      traceId: string;
      outcome: 'appended' | 'duplicate';
      position: string;
      /** Ids of the spans that were given by name. */
      spanIds?: Record<string, string>;
    }
  | { traceId?: string; outcome: 'refused'; code: ErrorCode; message: string; retry: boolean };

/** Takes events that were written by hand, by a script or by curl, to the log. */
export class JsonIngest {
  readonly #ingest: Ingest;
  readonly #numbered: NumberedAppend;

  constructor(ingest: Ingest, log: EventLog, project: string) {
    this.#ingest = ingest;
    this.#numbered = new NumberedAppend(log, project);
  }

  /**
   * One result a run, in the order of their first events.
   *
   * @param isLines one event a line, not one JSON value
   * @throws SpantailError when the request cannot be read at all, or nothing can be taken now
   */
  take(body: Uint8Array, isLines: boolean): Promise<JsonResult[]> {
    return this.#ingest.admit(body.byteLength, () => {
      const groups = readBatches(readBody(body, isLines), Date.now() * 1_000);
      return Promise.all(groups.map((group) => this.#append(group)));
    });
  }

  async #append(group: JsonGroup): Promise<JsonResult> {
    const { traceId } = group;
    const of = traceId === undefined ? {} : { traceId };
    try {
      if ('error' in group) throw group.error;
      return await this.#write(group.batch);
    } catch (error) {
      const { code, message, retry } = refuse(error);
      return { ...of, outcome: 'refused', code: codeOf(code), message, retry };
    }
  }

  async #write(batch: JsonBatch): Promise<JsonResult> {
    const { traceId, producer, number, fin, leaseMs, leavesOpen, events, blobs, spanIds } = batch;
    const rest = { number, fin, blobs, refs: [], ...(leavesOpen && !fin ? { leaseMs } : {}) };
    const { outcome, position } = events.some(({ unnumbered }) => unnumbered)
      ? await this.#numbered.append(batch, rest)
      : await this.#appendAsItIs(batch, rest);
    if (outcome === 'conflict') throw new Error('a publisher does not expect a tail');
    if (!leavesOpen && !fin) await this.#renew(leaseHolder(producer), traceId, leaseMs);
    return {
      traceId,
      outcome,
      position,
      ...(spanIds.size === 0 ? {} : { spanIds: Object.fromEntries(spanIds) }),
    };
  }

  async #appendAsItIs(
    { traceId, producer, events }: JsonBatch,
    rest: Parameters<NumberedAppend['append']>[1],
  ): Promise<{ outcome: 'appended' | 'duplicate' | 'conflict'; position: string }> {
    const encoded = events.map((event) => event.encoded);
    const batches = [{ traceId, events: encoded, ...rest }];
    const { results } = await this.#ingest.append({ producer, batches });
    const [result] = results;
    if (result === undefined) throw new Error('a batch has no result');
    if (result.outcome === 'refused') throw new SpantailError(codeOf(result.code), result.message);
    return result;
  }

  /** Only if there is one: a run whose open spans are others' has no lease here to lapse. */
  async #renew(producer: string, traceId: string, leaseMs: number): Promise<void> {
    try {
      await this.#ingest.renew({ producer, traceIds: [traceId], leaseMs });
    } catch {
      // The events are in; what comes next renews it.
    }
  }
}

function codeOf(code: string): ErrorCode {
  return Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'INTERNAL';
}
