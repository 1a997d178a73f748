import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { SpantailError } from '@spantail/protocol';

export interface HttpReply {
  status: number;
  /** Content type, `''` when there is none. */
  type: string;
  retryAfterMs: number | undefined;
  body: Uint8Array;
}

const MOST_REPLY_BYTES = 8 * 1024 * 1024;
const MOST_RETRY_AFTER_MS = 60_000;

/**
 * POSTs MessagePack over kept connections. `node:http` rather than `fetch`, because its sockets can
 * be told not to keep the agent's process alive.
 */
export class HttpSender {
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #request: typeof httpRequest;
  readonly #timeoutMs: number;

  constructor({ secure, timeoutMs }: { secure: boolean; timeoutMs: number }) {
    const options = { keepAlive: true, maxSockets: 4 };
    this.#agent = secure ? new HttpsAgent(options) : new HttpAgent(options);
    this.#request = secure ? httpsRequest : httpRequest;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws SpantailError LOG_UNAVAILABLE when there is no reply */
  async post(url: string, body: Uint8Array, signal: AbortSignal): Promise<HttpReply> {
    const both = AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]);
    for (let attempt = 0; ; attempt++) {
      const sent = this.#post(url, body, both);
      try {
        return await sent.reply;
      } catch (error) {
        // The server closed a kept connection while the request was on its way: that says nothing
        // about the server, so once at once with a new one.
        if (attempt === 0 && sent.reused() && isReset(error)) continue;
        const reason = both.aborted ? both.reason : error;
        const why = reason instanceof Error ? reason.message : String(reason);
        const hint =
          codeOf(error) === 'ECONNREFUSED' ? '; start a gateway with: spantail serve' : '';
        throw new SpantailError('LOG_UNAVAILABLE', `no answer from ${url}: ${why}${hint}`, {
          cause: error,
        });
      }
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(
    url: string,
    body: Uint8Array,
    signal: AbortSignal,
  ): { reply: Promise<HttpReply>; reused: () => boolean } {
    const request = this.#request(url, {
      method: 'POST',
      agent: this.#agent,
      signal,
      headers: { 'content-type': 'application/msgpack', 'content-length': body.byteLength },
    });
    request.on('socket', (socket) => socket.unref());
    const reply = new Promise<HttpReply>((resolve, reject) => {
      request.on('error', reject);
      request.on('response', (response) => {
        readReply(response).then(resolve, reject);
      });
    });
    request.end(body);
    return { reply, reused: () => request.reusedSocket };
  }
}

async function readReply(response: IncomingMessage): Promise<HttpReply> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > MOST_REPLY_BYTES) throw new Error('the reply is larger than any gateway sends');
    chunks.push(chunk);
  }
  return {
    status: response.statusCode ?? 0,
    type: response.headers['content-type'] ?? '',
    retryAfterMs: retryAfterMs(response.headers['retry-after']),
    body: new Uint8Array(Buffer.concat(chunks)),
  };
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function retryAfterMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(MOST_RETRY_AFTER_MS, Math.max(0, ms));
}

function isReset(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ECONNRESET' || code === 'EPIPE';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
