import type { ServerResponse } from 'node:http';
import {
  ERRORS,
  advanceCursor,
  decodeEvent,
  decodeRunSummary,
  decodeServerMessage,
  toHex,
  type ErrorCode,
  type ServerMessage,
} from '@spantail/protocol';
import type { ViewerTransport } from './transport.ts';

/**
 * Server-sent events for curl and `EventSource`: the same messages as on a WebSocket, each event as
 * its own `id` (its cursor), `event` (its type) and `data` (JSON; references in hex).
 */
export class SseTransport implements ViewerTransport {
  readonly #response: ServerResponse;
  readonly #endWithRun: boolean;
  #begun = false;

  constructor(response: ServerResponse, endWithRun: boolean) {
    this.#response = response;
    this.#endWithRun = endWithRun;
  }

  send(message: Uint8Array): void {
    this.#write(decodeServerMessage(message));
  }

  get bufferedBytes(): number {
    return this.#response.writableLength;
  }

  onDrain(listener: () => void): void {
    this.#response.on('drain', listener);
  }

  close(_closeCode: number, reason: string): void {
    if (this.#begun) this.#event('goaway', { reason });
    this.#response.end();
  }

  #write(message: ServerMessage): void {
    switch (message.type) {
      case 'hello':
      case 'unsubscribed':
      case 'blobs':
        return;
      case 'heartbeat':
        if (this.#begun) this.#response.write(': heartbeat\n\n');
        return;
      case 'error':
        return this.#fail(message.code, message.message);
      case 'events':
        message.events.forEach((event, i) => {
          if (event === null) return;
          const last = i === message.events.length - 1;
          const cursor = last ? message.cursor : advanceCursor(message.prev, i + 1);
          this.#dataEvent(message.streamId, event, cursor);
        });
        return;
      case 'end': {
        const { type, ...rest } = message;
        this.#event(type, rest, message.cursor);
        if (this.#endWithRun) this.#response.end();
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
    this.#response.write(
      `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${text}\n\n`,
    );
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
  }

  /** Before the first event an error is an HTTP answer; later it is an event and the end. */
  #fail(code: ErrorCode, detail: string): void {
    if (this.#begun) {
      this.#event('error', { code, message: detail });
      this.#response.end();
      return;
    }
    const entry = ERRORS[code];
    this.#response.writeHead(entry.http ?? 500, { 'content-type': 'application/problem+json' });
    this.#response.end(
      JSON.stringify({
        type: `urn:spantail:error:${code}`,
        title: entry.title,
        status: entry.http ?? 500,
        code,
        detail,
      }),
    );
  }
}
