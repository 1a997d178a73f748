import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { TraceId } from '@spantail/protocol';
import { newTraceId } from '@spantail/protocol';
import type { RecordedRun } from '../recorded/action.ts';
import { pauseUntil } from './pause.ts';
import type { PlaySink } from './sink.ts';
import type { Speed } from './timeline.ts';
import { timelineOf } from './timeline.ts';
import { TraceWriter } from './trace-writer.ts';

export interface PlayOptions {
  /** Default 1: as recorded. */
  speed?: Speed;
  /** Default: a new one, so that a run played twice is two runs. */
  traceId?: TraceId;
  /** Stops playing: open spans are closed as failed, and the result says `interrupted`. */
  signal?: AbortSignal;
  /** The wall clock, milliseconds since the epoch. Default `Date.now`. */
  now?: () => number;
}

export interface PlayResult {
  traceId: TraceId;
  events: number;
  spans: number;
  interrupted: boolean;
}

/** Events between two looks at the sink's queue and the signal at full speed. */
const BURST_EVENTS = 64;

/**
 * Plays a recorded run as a live one: the same order, the original gaps divided by the speed.
 * Resolves when everything is flushed. What the recording has left open stays open; an interruption
 * or a failure closes the open spans with an error that says so.
 */
export async function play(
  run: RecordedRun,
  sink: PlaySink,
  options: PlayOptions = {},
): Promise<PlayResult> {
  const { speed = 1, signal, now = Date.now } = options;
  const traceId = options.traceId ?? newTraceId(randomBytes);
  const timeline = timelineOf(run.actions, speed, Math.round(now() * 1_000));
  const writer = new TraceWriter(sink, traceId, run.service, timeline);
  let reason: string | undefined = 'playing failed';
  try {
    let burst = 0;
    for (const action of run.actions) {
      if (speed === 'max') {
        if (++burst % BURST_EVENTS === 0) await setImmediate();
      } else await pauseUntil(timeline(action.atUs) / 1_000, now, signal);
      await roomOrAbort(sink, signal);
      if (signal?.aborted === true) break;
      writer.write(action);
    }
    reason = signal?.aborted === true ? 'playing was interrupted' : undefined;
  } finally {
    if (reason !== undefined)
      writer.closeOpen(
        {
          status: 'error',
          error: { type: 'interrupted', message: `${reason} before this span ended` },
          attributes: { 'spantail.ended_by': reason },
        },
        Math.round(now() * 1_000),
      );
    await sink.flush();
  }
  const { events, spans } = writer;
  return { traceId, events, spans, interrupted: signal?.aborted === true };
}

/** Waits for room in the sink's queue, however long that takes, but not behind an interruption. */
export async function roomOrAbort(sink: PlaySink, signal?: AbortSignal): Promise<void> {
  const ready = sink.ready?.(signal);
  if (ready === undefined) return;
  if (signal === undefined) return ready;
  const left = new AbortController();
  await Promise.race([ready, aborted(signal, left.signal)]);
  left.abort();
}

function aborted(signal: AbortSignal, left: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true, signal: left });
  });
}
