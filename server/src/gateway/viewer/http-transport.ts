import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import {
  SpantailError,
  FramePlaces,
  decodeEvent,
  decodeRunSummary,
  decodeServerMessage,
  type ErrorCode,
  type ServerMessage,
} from '@spantail/protocol';
import { toProblem } from '../http/problem.ts';
import type { EventFraming } from './event-framing.ts';
import type { ViewerTransport } from './transport.ts';

/** A reader that does not take the rest is cut after this. */
const CLOSE_GRACE_MS = 2_000;

/**
 * What ends an answer: that all there is has been sent (`live`), that the run is over (`end`), or
 * only its reader.
 */
export type EndAt = 'live' | 'end' | 'never';

export interface HttpTransportOptions {
  framing: EventFraming;
  /** What the answer has besides its own: CORS. */
  headers: OutgoingHttpHeaders;
  endAt: EndAt;
}

/**
 * A viewer over plain HTTP, for curl and `EventSource`: the same messages as on a WebSocket, as text.
 */
export class HttpTransport implements ViewerTransport {
  readonly #response: ServerResponse;
  readonly #options: HttpTransportOptions;
  #onDrain: () => void = () => {};
  #begun = false;
  #ended = false;

  constructor(response: ServerResponse, options: HttpTransportOptions) {
    this.#response = response;
    this.#options = options;
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
        if (this.#begun) this.#text(this.#options.framing.heartbeat);
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
      case 'live':
      case 'end': {
        const { type, ...rest } = message;
        this.#event(type, rest, message.cursor);
        const { endAt } = this.#options;
        if (endAt === 'live' || endAt === type) this.#end();
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
    this.#text(this.#options.framing.event(name, data, id));
  }

  #text(text: string): void {
    if (text === '') return;
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
      ...this.#options.headers,
      'content-type': this.#options.framing.contentType,
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
    this.#response.writeHead(problem.status, { ...this.#options.headers, 'content-type': type });
    this.#end(JSON.stringify(problem));
  }
}
