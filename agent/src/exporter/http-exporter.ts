import {
  SpantailError,
  decodeIngestResponse,
  encodeBlobs,
  encodeIngestRequest,
  encodeRenewal,
  type Batch,
  type Blob,
  type TraceId,
} from '@spantail/protocol';
import type { ExportResult, Exporter } from './exporter.ts';
import { HttpSender, type HttpReply } from './http-sender.ts';

/** Publishes through a gateway: `POST /api/v1/ingest`. */
export class HttpExporter implements Exporter {
  readonly #base: string;
  readonly #sender: HttpSender;

  constructor(url: string, { timeoutMs = 10_000 }: { timeoutMs?: number }) {
    const { protocol, host, pathname } = new URL(url);
    const secure = protocol === 'https:' || protocol === 'wss:';
    this.#base = `${secure ? 'https' : 'http'}://${host}${pathname.replace(/\/$/, '')}`;
    this.#sender = new HttpSender({ secure, timeoutMs });
  }

  async export(producer: string, batches: Batch[], signal: AbortSignal): Promise<ExportResult[]> {
    const body = encodeIngestRequest({ producer, batches });
    const reply = await this.#sender.post(`${this.#base}/api/v1/ingest`, body, signal);
    if (reply.status === 200) return decodeIngestResponse(reply.body).results;
    return batches.map(() => this.#refusal(reply));
  }

  async putBlobs(
    _producer: string,
    traceId: TraceId,
    blobs: Blob[],
    signal: AbortSignal,
  ): Promise<void> {
    const url = `${this.#base}/api/v1/traces/${traceId}/blobs`;
    const reply = await this.#sender.post(url, encodeBlobs(blobs), signal);
    if (reply.status < 200 || reply.status > 299)
      throw new SpantailError('LOG_UNAVAILABLE', this.#describe(reply));
  }

  async renew(
    producer: string,
    traceIds: TraceId[],
    leaseMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const body = encodeRenewal({ producer, leaseMs, traceIds });
    const reply = await this.#sender.post(`${this.#base}/api/v1/leases`, body, signal);
    if (reply.status < 200 || reply.status > 299)
      throw new SpantailError('LOG_UNAVAILABLE', this.#describe(reply));
  }

  close(): Promise<void> {
    this.#sender.close();
    return Promise.resolve();
  }

  /** The whole request was refused, maybe by a proxy on the way. */
  #refusal(reply: HttpReply): ExportResult {
    const { status, retryAfterMs } = reply;
    const message = this.#describe(reply);
    if (status === 413) return { outcome: 'refused', code: 'TOO_LARGE', message, retry: false };
    // Only the gateway's own word that a request is malformed is final: a proxy in front of it, a
    // wrong path or an expired sign-in answers with 4xx too, and all of those may be put right.
    const final = status === 400 && reply.type.includes('problem+json');
    return {
      outcome: 'refused',
      code: final ? 'BATCH_INVALID' : 'LOG_UNAVAILABLE',
      message,
      retry: !final,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
  }

  #describe({ status, body }: HttpReply): string {
    const text = Buffer.from(body.subarray(0, 300)).toString('utf8').replace(/\s+/g, ' ');
    return `${this.#base} answered ${status}: ${text}`;
  }
}
