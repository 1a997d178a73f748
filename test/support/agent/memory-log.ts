import type { ExportResult, Exporter } from '@spantail/agent';
import {
  decodeEvent,
  toHex,
  type Batch,
  type Blob,
  type TraceEvent,
  type TraceId,
} from '@spantail/protocol';

/** What happens to one request; `undefined`: nothing special. */
export type Fate =
  /** It never arrives. */
  | 'unreached'
  /** It takes effect, but the answer is lost. */
  | 'answer-lost'
  /** Each batch is refused like this. */
  | { refuse: { code: string; retry: boolean; retryAfterMs?: number } }
  | undefined;

export interface MemoryEntry {
  number: number;
  fin: boolean;
  leaseMs?: number;
  events: TraceEvent[];
}

/** A log in memory with the idempotence of a real one, whose faults a test decides. */
export class MemoryLog implements Exporter {
  readonly requests: Batch[][] = [];
  readonly entries = new Map<TraceId, MemoryEntry[]>();
  readonly blobs = new Map<string, Uint8Array>();
  /** Blobs each request brought, in order, as `trace/hash`. */
  readonly blobArrivals: string[] = [];
  /** What becomes of the request with this index. */
  fate: (request: number, batches: Batch[]) => Fate | Promise<Fate> = () => undefined;
  /** Events the log refuses, with the whole batch that has one. */
  refuses: (event: TraceEvent) => boolean = () => false;
  /** Calls of `putBlobs` that fail before one works. */
  putFailures = 0;
  /** Renewals that came, and what happens to each. */
  readonly renewals: { producer: string; traceIds: TraceId[]; leaseMs: number }[] = [];
  renewalFate: () => Promise<void> | void = () => {};
  closed = false;
  readonly #newest = new Map<string, number>();

  async export(producer: string, batches: Batch[]): Promise<ExportResult[]> {
    const index = this.requests.push(batches) - 1;
    const fate = await this.fate(index, batches);
    if (fate === 'unreached') throw new Error('connect ECONNREFUSED');
    if (typeof fate === 'object')
      return batches.map(() => ({ outcome: 'refused', message: 'not now', ...fate.refuse }));
    const results = batches.map((batch) => this.#append(producer, batch));
    if (fate === 'answer-lost') throw new Error('socket hang up');
    return results;
  }

  async putBlobs(_producer: string, traceId: TraceId, blobs: Blob[]): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.putFailures-- > 0) throw new Error('read ECONNRESET');
    for (const blob of blobs) this.#store(traceId, blob);
  }

  async renew(producer: string, traceIds: TraceId[], leaseMs: number): Promise<void> {
    this.renewals.push({ producer, traceIds, leaseMs });
    await this.renewalFate();
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  /** A trace's events in the order of the log. */
  events(traceId: TraceId): TraceEvent[] {
    return (this.entries.get(traceId) ?? []).flatMap((entry) => entry.events);
  }

  all(): TraceEvent[] {
    return [...this.entries.values()].flat().flatMap((entry) => entry.events);
  }

  #append(producer: string, batch: Batch): ExportResult {
    const { traceId, number, fin, leaseMs } = batch;
    const key = `${producer}/${traceId}`;
    const events = batch.events.flatMap((bytes) => tryDecode(bytes) ?? []);
    if (events.length < batch.events.length || events.some((event) => this.refuses(event)))
      return {
        outcome: 'refused',
        code: 'EVENT_INVALID',
        message: 'an event is bad',
        retry: false,
      };
    for (const blob of batch.blobs) this.#store(traceId, blob);
    const missing = batch.refs.filter((ref) => !this.blobs.has(`${traceId}/${toHex(ref)}`));
    if (number <= (this.#newest.get(key) ?? 0))
      return { outcome: 'duplicate', position: '', missing };
    this.#newest.set(key, number);
    const entries = this.entries.get(traceId) ?? [];
    this.entries.set(traceId, entries);
    entries.push({ number, fin, ...(leaseMs === undefined ? {} : { leaseMs }), events });
    return { outcome: 'appended', position: `${entries.length}-0`, missing };
  }

  #store(traceId: TraceId, { ref, bytes }: Blob): void {
    const key = `${traceId}/${toHex(ref)}`;
    this.blobArrivals.push(key);
    this.blobs.set(key, bytes);
  }
}

function tryDecode(bytes: Uint8Array): TraceEvent | undefined {
  try {
    return decodeEvent(bytes);
  } catch {
    return undefined;
  }
}
