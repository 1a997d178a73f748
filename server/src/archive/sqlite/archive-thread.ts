import { Worker } from 'node:worker_threads';
import { SpantailError } from '@spantail/protocol';
import { archiveUnavailable } from '../unavailable.ts';
import {
  CLOSE,
  type MethodName,
  type WorkerMethods,
  type WorkerReply,
  type WorkerRequest,
  type WorkerRole,
} from './messages.ts';
import { pack, unpackViews } from './pack.ts';
import { queryTooLong } from './query-clock.ts';

/** A thread notices by itself that its time is over; one that does not within this is given up. */
const GRACE_MS = 1_000;
const MAX_WAITING = 1_000;

/** As sources here, as JavaScript once built. */
const EXTENSION = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const ENTRY = new URL(`./archive-worker.${EXTENSION}`, import.meta.url);

interface Job {
  method: MethodName | undefined;
  args: unknown[];
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
  timer?: NodeJS.Timeout;
}

export interface ThreadOptions {
  role: WorkerRole;
  file: string;
  /** Longest time for one request, waiting included; absent: no bound. */
  timeoutMs?: number;
}

/**
 * One thread with a connection of its own, asked one thing at a time. It starts with the first
 * request, and again after it died or was given up.
 */
export class ArchiveThread {
  readonly #options: ThreadOptions;
  readonly #waiting: Job[] = [];
  #worker: Worker | undefined;
  #active: Job | undefined;
  /** Called when nothing is left to do. */
  #idle: (() => void) | undefined;
  #nextId = 1;
  #closed = false;

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  /** Starts the thread, if it does not run. */
  async open(): Promise<void> {
    await this.#enqueue(undefined, []);
  }

  ask<Name extends MethodName>(
    method: Name,
    ...args: Parameters<WorkerMethods[Name]>
  ): Promise<ReturnType<WorkerMethods[Name]>> {
    return this.#enqueue(method, args) as Promise<ReturnType<WorkerMethods[Name]>>;
  }

  /**
   * The thread ends; a writer's when all it was asked has been answered, because that may have been
   * promised to somebody already. What a reader was asked fails.
   */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#options.role === 'reader') this.#abandon();
    else if (this.#active !== undefined)
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#worker = undefined;
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.ref();
    worker.postMessage(CLOSE, []);
    await ended;
  }

  #enqueue(method: MethodName | undefined, args: unknown[]): Promise<unknown> {
    if (this.#closed) return Promise.reject(archiveUnavailable('the archive is closed'));
    if (this.#waiting.length >= MAX_WAITING)
      return Promise.reject(
        archiveUnavailable(`the archive has ${MAX_WAITING} requests waiting already`),
      );
    return new Promise((resolve, reject) => {
      const job: Job = { method, args, resolve, reject };
      const { timeoutMs } = this.#options;
      if (timeoutMs !== undefined)
        job.timer = setTimeout(() => this.#expire(job, timeoutMs), timeoutMs + GRACE_MS);
      this.#waiting.push(job);
      this.#next();
    });
  }

  #next(): void {
    if (this.#active !== undefined) return;
    const job = this.#waiting.shift();
    if (job === undefined) {
      this.#worker?.unref();
      this.#idle?.();
      return;
    }
    this.#active = job;
    if (this.#worker === undefined) {
      this.#start();
      return;
    }
    this.#worker.ref();
    this.#send(this.#worker, job);
  }

  #start(): void {
    const { role, file } = this.#options;
    const worker = new Worker(ENTRY, { workerData: { role, file }, name: `archive ${role}` });
    this.#worker = worker;
    worker.on('message', (reply: WorkerReply) => {
      if (worker === this.#worker) this.#receive(worker, reply);
    });
    worker.on('error', (error) => this.#lose(worker, error));
    worker.on('exit', () => this.#lose(worker, new Error('its thread ended')));
  }

  #send(worker: Worker, { method, args, resolve }: Job): void {
    if (method === undefined) {
      // It runs already.
      this.#finish(() => resolve(undefined));
      return;
    }
    const { timeoutMs } = this.#options;
    const packed = pack(args);
    const request: WorkerRequest = { id: this.#nextId++, method, args: packed, timeoutMs };
    worker.postMessage(request, [packed.buffer]);
  }

  #receive(worker: Worker, reply: WorkerReply): void {
    const job = this.#active;
    if (job === undefined) return;
    if ('failure' in reply) {
      const { code, message } = reply.failure;
      // It could not open the file: it ends, and the next request tries again.
      if (reply.id === 0) this.#worker = undefined;
      this.#finish(() => job.reject(new SpantailError(code, message)));
    } else if (reply.id === 0) this.#send(worker, job);
    else this.#finish(() => job.resolve(unpackViews(reply.result)));
  }

  #finish(settle: () => void): void {
    clearTimeout(this.#active?.timer);
    this.#active = undefined;
    settle();
    this.#next();
  }

  #expire(job: Job, timeoutMs: number): void {
    if (job !== this.#active) {
      this.#waiting.splice(this.#waiting.indexOf(job), 1);
      job.reject(archiveUnavailable(`the archive was busy for longer than ${timeoutMs} ms`));
      return;
    }
    // What SQLite does now cannot be interrupted: the thread ends when that is done.
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.unref();
    void worker?.terminate();
    this.#finish(() => job.reject(queryTooLong(timeoutMs)));
  }

  #lose(worker: Worker, error: Error): void {
    if (worker !== this.#worker) return;
    this.#worker = undefined;
    const job = this.#active;
    if (job !== undefined)
      this.#finish(() => job.reject(archiveUnavailable('the archive stopped working', error)));
  }

  #abandon(): void {
    const jobs = this.#waiting.splice(0);
    if (this.#active !== undefined) {
      jobs.push(this.#active);
      this.#active = undefined;
      void this.#worker?.terminate();
      this.#worker = undefined;
    }
    for (const job of jobs) {
      clearTimeout(job.timer);
      job.reject(archiveUnavailable('the archive is closed'));
    }
  }
}
