import { encodeEvent, encodeIngestRequest, type TraceEvent } from '@spantail/protocol';

/** Publishes batches over HTTP ingest without the publisher, whose cost is measured elsewhere. */
export class BareIngest {
  readonly #url: string;
  readonly #producer = `bench-${process.pid}-${Date.now()}`;
  readonly #numbers = new Map<string, number>();

  constructor(url: string) {
    this.#url = `${url}/api/v1/ingest`;
  }

  async send(batches: { traceId: string; events: TraceEvent[] }[]): Promise<void> {
    const body = encodeIngestRequest({
      producer: this.#producer,
      batches: batches.map(({ traceId, events }) => {
        const number = (this.#numbers.get(traceId) ?? 0) + 1;
        this.#numbers.set(traceId, number);
        return {
          traceId,
          number,
          fin: false,
          events: events.map(encodeEvent),
          blobs: [],
          refs: [],
        };
      }),
    });
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/msgpack' },
      body: Buffer.from(body),
    });
    if (!response.ok)
      throw new Error(`ingest answered ${response.status}: ${await response.text()}`);
    await response.arrayBuffer();
  }
}

/** A typical event of a run in flight: a model's next words. */
export function deltaEvent(seq: number): TraceEvent {
  return {
    type: 'update',
    spanId: '00f067aa0ba902b7',
    seq,
    outputDelta: 'and then the next few words ',
  };
}
