import type { ClientMessage, Cursor, ServerMessage } from '@spantail/protocol';

const STREAM = 'a'.repeat(32);

/** A log of numbered events and a server's side of one subscription to it, without sockets. */
export class ModelServer {
  /** On their way to the client, in order. */
  readonly inFlight: ServerMessage[] = [];
  #epoch = 0;
  #length = 0;
  #subscribed = false;
  #place = 0;
  #ended = false;

  get length(): number {
    return this.#length;
  }

  get epoch(): number {
    return this.#epoch;
  }

  cursor(place: number): Cursor {
    return `00000000.e${this.#epoch}.${place}-0.00000000`;
  }

  receive(message: ClientMessage): void {
    if (message.type === 'unsubscribe') {
      this.#subscribed = false;
      this.inFlight.push({ type: 'unsubscribed', streamId: STREAM });
    } else if (message.type === 'subscribe') {
      const [, epoch = '', place = ''] = /\.(e\d+)\.(\d+)-/.exec(message.after ?? '') ?? [];
      this.#subscribed = true;
      this.#place = 0;
      const known = message.after === undefined || epoch === `e${this.#epoch}`;
      if (known) this.#place = Number(place);
      const cursor = message.after ?? (this.#length > 0 ? this.cursor(0) : undefined);
      this.inFlight.push({
        type: 'subscribed',
        streamId: STREAM,
        ...(cursor === undefined ? {} : { cursor }),
      });
      if (!known) this.inFlight.push({ type: 'reset', streamId: STREAM, reason: 'recreated' });
      this.#announce();
    }
  }

  append(count: number): void {
    this.#length += count;
    this.#ended = false;
  }

  finish(): void {
    this.#ended = this.#length > 0;
    if (this.#subscribed && this.#place === this.#length) this.#announce();
  }

  /** Sends up to `count` events as one frame. */
  push(count: number): void {
    const to = Math.min(this.#length, this.#place + count);
    if (!this.#subscribed || to === this.#place) return;
    const numbers = Array.from({ length: to - this.#place }, (_, i) => this.#place + i);
    this.inFlight.push({
      type: 'events',
      streamId: STREAM,
      prev: this.cursor(this.#place),
      cursor: this.cursor(to),
      events: numbers.map((number) => new Uint8Array(new Uint32Array([number]).buffer)),
    });
    this.#place = to;
    if (to === this.#length) this.#announce();
  }

  /** The log is lost and begins anew. */
  recreate(): void {
    this.#epoch++;
    this.#length = 0;
    this.#place = 0;
    this.#ended = false;
    if (this.#subscribed)
      this.inFlight.push({ type: 'reset', streamId: STREAM, reason: 'recreated' });
  }

  /** A frame that never arrives, although the connection lives. */
  loseFrame(): void {
    const at = this.inFlight.findIndex(({ type }) => type === 'events');
    if (at >= 0) this.inFlight.splice(at, 1);
  }

  /** A frame that arrives twice. Not behind a reset: nobody could tell it from the new history. */
  repeatFrame(): void {
    const at = this.inFlight.findIndex(({ type }) => type === 'events');
    const frame = this.inFlight[at];
    if (frame !== undefined) this.inFlight.splice(at, 0, frame);
  }

  /** A fault that may pass. */
  fault(): void {
    if (!this.#subscribed) return;
    this.#subscribed = false;
    this.inFlight.push({ type: 'error', streamId: STREAM, code: 'INTERNAL', message: 'fault' });
  }

  disconnect(): void {
    this.inFlight.length = 0;
    this.#subscribed = false;
  }

  #announce(): void {
    if (this.#place !== this.#length) return;
    const cursor = this.cursor(this.#place);
    if (this.#ended)
      this.inFlight.push({ type: 'end', streamId: STREAM, cursor, reason: 'finished' });
    else
      this.inFlight.push({
        type: 'live',
        streamId: STREAM,
        ...(this.#length > 0 ? { cursor } : {}),
      });
  }
}
