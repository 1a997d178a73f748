import { once } from 'node:events';
import {
  SUBPROTOCOL,
  decodeIngestResponse,
  encodeIngestRequest,
  type Batch,
  type IngestResponse,
} from '@spantail/protocol';
import { WebSocket } from 'ws';

/** A batch with what the test says; the rest is empty. */
export function batchOf(rest: Partial<Batch> & { traceId: string }): Batch {
  return { number: 1, fin: false, events: [], blobs: [], refs: [], ...rest };
}

export async function postBytes(
  url: string,
  body: Uint8Array,
  type = 'application/msgpack',
): Promise<Response> {
  const path = url.endsWith('/blobs') ? '' : '/api/v1/ingest';
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: Buffer.from(body),
  });
}

/** What the gateway answers to a good request. */
export async function postBatches(
  url: string,
  producer: string,
  batches: Batch[],
): Promise<IngestResponse['results']> {
  const response = await postBytes(url, encodeIngestRequest({ producer, batches }));
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return decodeIngestResponse(new Uint8Array(await response.arrayBuffer())).results;
}

/** A publisher's socket without a publisher. */
export class IngestSocket {
  readonly socket: WebSocket;
  readonly closed: Promise<number>;
  readonly #answers: IngestResponse[] = [];
  #changed: () => void = () => {};

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('message', (data: Buffer) => {
      this.#answers.push(decodeIngestResponse(data));
      this.#changed();
    });
    this.closed = once(socket, 'close').then(([code]) => Number(code));
  }

  static async connect(url: string): Promise<IngestSocket> {
    const address = `${url.replace(/^http/, 'ws')}/api/v1/ingest/socket`;
    const socket = new WebSocket(address, SUBPROTOCOL);
    const ingest = new IngestSocket(socket);
    await once(socket, 'open');
    return ingest;
  }

  async ask(message: Uint8Array | string): Promise<IngestResponse> {
    this.socket.send(message);
    return this.answer();
  }

  async answer(): Promise<IngestResponse> {
    for (;;) {
      const answer = this.#answers.shift();
      if (answer !== undefined) return answer;
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  close(): Promise<number> {
    this.socket.close();
    return this.closed;
  }
}
