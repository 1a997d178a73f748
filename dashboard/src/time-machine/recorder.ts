import type { Client, Cursor } from '@spantail/client';
import { comparePositions, parseCursor, type TraceId } from '@spantail/protocol';
import { nextTask } from './next-task.ts';
import type { RunLog } from './run-log.ts';

export type RecorderStatus = 'idle' | 'reading' | 'complete' | 'failed';

/** Longest stretch of decoding between two looks at the page's own events. */
const SLICE_MS = 10;

export interface RecorderSink {
  /** Events came, or the status changed. */
  onChange(): void;
  /** What was recorded is void: the log has another history. */
  onReset(): void;
}

/** Reads a run's events into a log, from the beginning, and goes on while the run does. */
export class Recorder {
  readonly #client: Pick<Client, 'replay'>;
  readonly #traceId: TraceId;
  readonly #log: RunLog;
  readonly #sink: RecorderSink;
  #stopping: AbortController | undefined;
  #status: RecorderStatus = 'idle';
  #error: Error | undefined;
  /** Behind the last item, also one that could not be read. */
  #reached: Cursor | undefined;

  constructor(client: Pick<Client, 'replay'>, traceId: TraceId, log: RunLog, sink: RecorderSink) {
    this.#client = client;
    this.#traceId = traceId;
    this.#log = log;
    this.#sink = sink;
  }

  get status(): RecorderStatus {
    return this.#status;
  }

  get error(): Error | undefined {
    return this.#error;
  }

  /** Begins, or reads on behind the end of a run that went on after all. */
  start(): void {
    if (this.#status === 'reading') return;
    const stopping = new AbortController();
    this.#stopping = stopping;
    this.#error = undefined;
    this.#become('reading');
    void this.#run(stopping.signal);
  }

  stop(): void {
    this.#stopping?.abort();
    this.#stopping = undefined;
    this.#status = 'idle';
  }

  /** Whether all there was at this cursor has been read. */
  hasReached(cursor: Cursor): boolean {
    if (this.#status === 'complete') return true;
    const reached = parseCursor(this.#reached ?? '');
    const wanted = parseCursor(cursor);
    if (reached === undefined || wanted === undefined) return false;
    const order = comparePositions(reached.position, wanted.position);
    return order > 0 || (order === 0 && reached.skip >= wanted.skip);
  }

  /** Whether the run went on after the end that was told. */
  isBehind(cursor: Cursor): boolean {
    return this.#status === 'complete' && this.#reached !== cursor;
  }

  async #run(signal: AbortSignal): Promise<void> {
    try {
      await this.#read(signal);
      if (!signal.aborted) this.#become('complete');
    } catch (error) {
      if (signal.aborted) return;
      this.#error = error instanceof Error ? error : new Error(String(error));
      this.#become('failed');
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    // A second reading begins at the beginning too: what is there already is passed over.
    let known = this.#log.count;
    let sliceEndMs = performance.now() + SLICE_MS;
    for await (const item of this.#client.replay(this.#traceId, { speed: 'max', signal })) {
      if (signal.aborted) return;
      if (item.type === 'reset') {
        known = 0;
        this.#log.clear();
        this.#sink.onReset();
      } else if (item.type === 'invalid' || item.type === 'gap') this.#reached = item.cursor;
      else if (item.type !== 'end') {
        const { cursor, timeMs, ...event } = item;
        if (known > 0) known--;
        else this.#log.append(event, cursor, timeMs);
        this.#reached = cursor;
      }
      this.#sink.onChange();
      if (performance.now() < sliceEndMs) continue;
      await nextTask();
      sliceEndMs = performance.now() + SLICE_MS;
    }
  }

  #become(status: RecorderStatus): void {
    this.#status = status;
    this.#sink.onChange();
  }
}
