import type { ExportResult, Exporter } from '@spantail/agent';
import {
  decodeEvent,
  encodeEvent,
  encodeEventArray,
  encodeIngestRequest,
  loadPayloadText,
  toHex,
  type Batch,
  type BlobRef,
  type Payload,
  type TraceEvent,
} from '@spantail/protocol';

export interface Sizes {
  events: number;
  /** Every event with its whole payload as text inside. */
  naive: number;
  /** Event arrays, blobs, and what is stored beside them. */
  log: number;
  /** Bodies of ingest requests. */
  wire: number;
  /** Of these, inputs of model spans. */
  inputNaive: number;
  inputLog: number;
}

export function emptySizes(): Sizes {
  return { events: 0, naive: 0, log: 0, wire: 0, inputNaive: 0, inputLog: 0 };
}

/** Producer (38), number, position, count and flags of an entry. */
const ENTRY_BYTES = 38 + 8 + 16 + 4;
/** Its reference with the entry and as the blob's key. */
const BLOB_OVERHEAD_BYTES = 2 * 16;
/** Header of a text of more than 65,535 bytes. */
const TEXT_HEADER_BYTES = 5;

/** Hands everything on, and adds up what it takes. */
export class CountingExporter implements Exporter {
  readonly sizes: Sizes = emptySizes();
  readonly #next: Exporter;
  /** Spans whose input is a model's. */
  readonly #models = new Set<string>();
  readonly #modelInputs: { payload: Payload; eventBytes: number }[] = [];
  readonly #blobs = new Map<string, Uint8Array>();

  constructor(next: Exporter) {
    this.#next = next;
  }

  export(producer: string, batches: Batch[], signal: AbortSignal): Promise<ExportResult[]> {
    this.sizes.wire += encodeIngestRequest({ producer, batches }).byteLength;
    for (const batch of batches) this.#count(batch);
    return this.#next.export(producer, batches, signal);
  }

  putBlobs(...args: Parameters<Exporter['putBlobs']>): Promise<void> {
    return this.#next.putBlobs(...args);
  }

  renew(...args: Parameters<Exporter['renew']>): Promise<void> {
    return this.#next.renew(...args);
  }

  close(): Promise<void> {
    return this.#next.close();
  }

  #count({ events, blobs }: Batch): void {
    const { sizes } = this;
    sizes.log += ENTRY_BYTES + encodeEventArray(events).byteLength;
    for (const { ref, bytes } of blobs) {
      sizes.log += bytes.byteLength + BLOB_OVERHEAD_BYTES;
      this.#blobs.set(toHex(ref), bytes);
    }
    for (const bytes of events) {
      const event = decodeEvent(bytes);
      const { bareBytes, payload } = withoutPayload(event);
      sizes.events++;
      sizes.naive += bareBytes;
      if (event.type === 'open' && event.spanType === 'model') this.#models.add(event.spanId);
      if (payload === undefined) continue;
      sizes.naive += TEXT_HEADER_BYTES + payload.bytes;
      if (event.type !== 'close' && this.#models.has(event.spanId))
        this.#modelInputs.push({ payload, eventBytes: bytes.byteLength - bareBytes });
    }
  }

  /** When the run is over: puts its model inputs together again, each blob counted where it came. */
  async countModelInputs(): Promise<void> {
    const { sizes } = this;
    const counted = new Set<string>();
    const load = (refs: BlobRef[]): Promise<Uint8Array[]> =>
      Promise.resolve(
        refs.map((ref) => {
          const key = toHex(ref);
          const bytes = this.#blobs.get(key) ?? new Uint8Array();
          if (!counted.has(key)) sizes.inputLog += bytes.byteLength + BLOB_OVERHEAD_BYTES;
          counted.add(key);
          return bytes;
        }),
      );
    for (const { payload, eventBytes } of this.#modelInputs) {
      const text = await loadPayloadText(payload, load);
      if (Buffer.byteLength(text) !== payload.bytes) throw new Error('a payload is not complete');
      sizes.inputNaive += payload.bytes;
      sizes.inputLog += eventBytes;
    }
  }
}

function withoutPayload(event: TraceEvent): { bareBytes: number; payload: Payload | undefined } {
  if (event.type === 'close') {
    const { output, ...bare } = event;
    return { bareBytes: encodeEvent(bare).byteLength, payload: output };
  }
  const { input, ...bare } = event;
  return { bareBytes: encodeEvent(bare).byteLength, payload: input };
}
