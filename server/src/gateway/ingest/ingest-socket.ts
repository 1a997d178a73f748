import {
  ERRORS,
  SpantailError,
  decodeIngestMessage,
  encodeIngestResponse,
  type IngestMessage,
} from '@spantail/protocol';
import type { WebSocket } from 'ws';
import type { EventLog } from '../../log/event-log.ts';
import { hashBlob } from '../../payload/hash-blob.ts';
import { Liveness } from '../liveness.ts';
import { OpenSockets } from '../open-sockets.ts';
import { refuse, type Ingest } from './ingest.ts';

/** Unanswered bytes of one publisher's socket above which it is not read from. */
const PAUSE_BYTES = 16 * 1024 * 1024;
/** Answers it has not taken, above which it is not read from either. */
const PAUSE_ANSWER_BYTES = 1024 * 1024;

/**
 * `/api/v1/ingest/socket`: each binary frame is a request, each answer a frame with its `id`. A
 * publisher that is faster than the log, or does not take its answers, is slowed by its own socket.
 */
export class PublisherSockets {
  readonly #ingest: Ingest;
  readonly #log: EventLog;
  readonly #sockets = new OpenSockets<Publisher>();
  readonly #liveness: Liveness;

  constructor(ingest: Ingest, log: EventLog, heartbeatMs: number) {
    this.#ingest = ingest;
    this.#log = log;
    this.#liveness = new Liveness({
      everyMs: heartbeatMs,
      // Held back by the log, not by the peer: its pongs are not read meanwhile.
      excused: (socket) => socket.isPaused && socket.bufferedAmount === 0,
    });
  }

  accept(socket: WebSocket, project: string): void {
    this.#sockets.add(socket, new Publisher(socket, this.#ingest, this.#log, project));
    this.#liveness.watch(socket);
  }

  /** Answers what is in flight, at most for `graceMs`, takes nothing new and closes the sockets. */
  async drain(graceMs: number): Promise<void> {
    this.#liveness.stop();
    const answered = [...this.#sockets.owners()].map((publisher) => publisher.finish());
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([Promise.all(answered), late]);
    clearTimeout(timer);
    const { close, title } = ERRORS.GOING_AWAY;
    await this.#sockets.close(close, title);
  }
}

class Publisher {
  readonly #socket: WebSocket;
  readonly #ingest: Ingest;
  readonly #log: EventLog;
  readonly #project: string;
  readonly #inFlight = new Set<Promise<void>>();
  #unansweredBytes = 0;
  #stopping = false;

  constructor(socket: WebSocket, ingest: Ingest, log: EventLog, project: string) {
    this.#socket = socket;
    this.#ingest = ingest;
    this.#log = log;
    this.#project = project;
    socket.on('error', () => socket.terminate());
    socket.on('message', (data, isBinary) => {
      const taking = isBinary ? this.#take(data as Buffer) : this.#refuseText();
      this.#inFlight.add(taking);
      void taking.finally(() => this.#inFlight.delete(taking));
    });
  }

  async finish(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#inFlight);
  }

  async #take(data: Buffer): Promise<void> {
    this.#unansweredBytes += data.byteLength;
    this.#pauseOrResume();
    let id: number | undefined;
    try {
      const message: IngestMessage = decodeIngestMessage(data, hashBlob);
      id = message.id;
      if (this.#stopping) throw new SpantailError('GOING_AWAY', 'this gateway is stopping');
      const answer = await this.#ingest.admit(data.byteLength, async () => {
        if ('batches' in message) return this.#ingest.append(message);
        if ('traceIds' in message) {
          await this.#ingest.renew(message);
          return { results: [] };
        }
        const stream = { project: this.#project, streamId: message.traceId };
        await this.#log.putBlobs(stream, message.blobs);
        return { results: [] };
      });
      this.#send(encodeIngestResponse({ ...answer, ...(id === undefined ? {} : { id }) }));
    } catch (error) {
      const results = [refuse(error)];
      this.#send(encodeIngestResponse({ results, ...(id === undefined ? {} : { id }) }));
    } finally {
      this.#unansweredBytes -= data.byteLength;
      this.#pauseOrResume();
    }
  }

  #refuseText(): Promise<void> {
    const error = new SpantailError('BAD_MESSAGE', 'publishers send MessagePack in binary frames');
    this.#send(encodeIngestResponse({ results: [refuse(error)] }));
    this.#pauseOrResume();
    return Promise.resolve();
  }

  #send(bytes: Uint8Array): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(bytes, { binary: true }, () => this.#pauseOrResume());
  }

  #pauseOrResume(): void {
    const socket = this.#socket;
    const mostBytes = socket.isPaused ? PAUSE_BYTES / 2 : PAUSE_BYTES;
    const full = this.#unansweredBytes > mostBytes || socket.bufferedAmount > PAUSE_ANSWER_BYTES;
    if (full && !socket.isPaused) socket.pause();
    else if (!full && socket.isPaused) socket.resume();
  }
}
