import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import {
  SpantailError,
  FramePlaces,
  decodeEvent,
  decodeRunSummary,
  decodeServerMessage,
  toHex,
  type ErrorCode,
  type ServerMessage,
} from '@spantail/protocol';
import { toProblem } from '../http/problem.ts';
import type { ViewerTransport } from './transport.ts';

/** A reader that does not take the rest is cut after this. */
const CLOSE_GRACE_MS = 2_000;

/**
 * Server-sent events for curl and `EventSource`: the same messages as on a WebSocket, each event as
 * its own `id` (its cursor), `event` (its type) and `data` (JSON; references in hex).
 */
export class SseTransport implements ViewerTransport {
  readonly #response: ServerResponse;
  readonly #headers: OutgoingHttpHeaders;
  readonly #endWithRun: boolean;
  #onDrain: () => void = () => {};
  #begun = false;
  #ended = false;

  /** @param headers what the answer has besides its own: CORS */
  constructor(response: ServerResponse, headers: OutgoingHttpHeaders, endWithRun: boolean) {
    this.#response = response;
    this.#headers = headers;
    this.#endWithRun = endWithRun;
    response.on('error', () => response.destroy());
  }

  send(message: Uint8Array): void {
    if (!this.#ended) this.#write(decodeServerMessage(message));
  }

  get bufferedBytes(): number {
    return this.#response.writableLength;
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }

  close(_closeCode: number, reason: string): void {
    if (this.#ended) return;
    if (this.#begun) this.#event('goaway', { reason });
    this.#end();
    setTimeout(() => this.#response.destroy(), CLOSE_GRACE_MS).unref();
  }

  #write(message: ServerMessage): void {
    switch (message.type) {
      case 'hello':
      case 'unsubscribed':
      case 'blobs':
        return;
      case 'heartbeat':
        if (this.#begun) this.#text(': heartbeat\n\n');
        return;
      case 'error':
        return this.#fail(message.code, message.message);
      case 'events': {
        const places = new FramePlaces(message, message.events.length);
        message.events.forEach((event, i) => {
          if (event !== null) this.#dataEvent(message.streamId, event, places.cursor(i));
        });
        return;
      }
      case 'end': {
        const { type, ...rest } = message;
        this.#event(type, rest, message.cursor);
        if (this.#endWithRun) this.#end();
        return;
      }
      default: {
        const { type, ...rest } = message;
        this.#event(type, rest, 'cursor' in message ? message.cursor : undefined);
      }
    }
  }

  #dataEvent(streamId: string, encoded: Uint8Array, cursor: string): void {
    try {
      const event = streamId.startsWith('@') ? decodeRunSummary(encoded) : decodeEvent(encoded);
      this.#event('type' in event ? event.type : 'run', event, cursor);
    } catch (error) {
      this.#event('invalid', { message: String(error) }, cursor);
    }
  }

  #event(name: string, data: object, id?: string): void {
    this.#begin();
    const text = JSON.stringify(data, (_key, value: unknown) =>
      value instanceof Uint8Array ? toHex(value) : value,
    );
    this.#text(`${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${text}\n\n`);
  }

  #text(text: string): void {
    this.#response.write(text, () => this.#onDrain());
  }

  /** What comes afterwards (a run that goes on at once, a heartbeat) has nowhere to go. */
  #end(body?: string): void {
    this.#ended = true;
    this.#response.end(body);
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#response.writeHead(200, {
      ...this.#headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
  }

  /** Before the first event an error is an HTTP answer; later it is an event and the end. */
  #fail(code: ErrorCode, detail: string): void {
    if (this.#begun) {
      this.#event('error', { code, message: detail });
      this.#end();
      return;
    }
    const problem = toProblem(new SpantailError(code, detail));
    const type = 'application/problem+json';
    this.#response.writeHead(problem.status, { ...this.#headers, 'content-type': type });
    this.#end(JSON.stringify(problem));
  }
}
