import type { Client } from '@spantail/client';
import type { TraceId } from '@spantail/protocol';
import { createLogUpdate } from 'log-update';
import { renderRun } from './render-run.ts';
import { styleFor } from './style.ts';

export interface ShowOptions {
  after?: string;
  /** Go on after the run's end. */
  follow: boolean;
  signal: AbortSignal;
  /** Default `process.stdout`. */
  output?: NodeJS.WriteStream;
}

/** Frames a second at most: a clock runs in the view, and a burst of events is one frame. */
const FRAME_MS = 100;

/**
 * Shows a run as a growing tree until its end or an abort. In a terminal the view repaints in
 * place; elsewhere (a pipe, a log file) only the final tree is printed.
 */
export function showRun(client: Client, traceId: TraceId, options: ShowOptions): Promise<number> {
  const { follow, signal, output = process.stdout } = options;
  const { after } = options;
  const run = client.watch(traceId, after === undefined ? {} : { after });
  const update = createLogUpdate(output, { showCursor: false });
  const style = styleFor(output);
  const live = output.isTTY;
  let note = '';

  const frame = (height: number): string =>
    renderRun(run.tree, {
      nowUs: Date.now() * 1_000,
      columns: output.columns ?? 100,
      rows: height,
      style,
      status: run.status,
      note,
    });
  const paint = (): void => {
    if (live) update(frame(Math.max(4, output.rows - 1)));
  };

  return new Promise((resolve, reject) => {
    const clock = setInterval(paint, FRAME_MS);
    const finish = (settle: () => void): void => {
      clearInterval(clock);
      signal.removeEventListener('abort', onAbort);
      // The last frame stays in the scroll-back, whole: `persist` does not cut at the screen.
      if (live) update.persist(frame(Number.POSITIVE_INFINITY));
      else output.write(`${frame(Number.POSITIVE_INFINITY)}\n`);
      update.done();
      run.close();
      settle();
    };
    const onAbort = (): void => finish(() => resolve(130));
    signal.addEventListener('abort', onAbort);
    run.on('gap', (gap) => {
      note = `earlier events are gone (${gap.reason})`;
    });
    run.on('reset', (reset) => {
      note = `started again from the beginning: the log's history changed (${reset.reason})`;
    });
    run.on('error', (error) => finish(() => reject(error)));
    run.on('end', () => {
      if (!follow) finish(() => resolve(0));
    });
    paint();
  });
}
