import { Publisher, createExporter } from '@spantail/agent';
import { createClient, type TraceId } from '@spantail/client';
import { loadRuns, playRuns, publisherSink, showRun } from 'spantail';
import { RUNS } from './demo-runs.ts';

/** Plays the runs side by side and shows the longest of them, until all are over or Ctrl-C. */
export async function showRuns(url: string, speed: number): Promise<void> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const publisher = new Publisher({ exporter: createExporter(url) });
  const client = createClient({ url });

  const runs = await loadRuns([RUNS]);
  const longest = runs.toSorted((a, b) => b.run.actions.length - a.run.actions.length)[0];
  console.log(`playing ${runs.length} recorded runs at ${speed} times their speed; Ctrl-C ends`);
  console.log(`open ${url} in a browser to watch them there\n`);
  const started: { traceId: TraceId; file: string }[] = [];
  const playing = playRuns(
    runs,
    { speed, signal: stop.signal, onStart: (run) => started.push(run) },
    publisherSink(publisher),
  );
  const shown = started.find(({ file }) => file === longest?.file) ?? started[0];
  if (shown !== undefined)
    await showRun(client, shown.traceId, { follow: false, signal: stop.signal });
  // Whoever looks at them in a browser is not done when the terminal is.
  if (process.stdout.isTTY && !stop.signal.aborted) {
    console.log(`\nstill at ${url}; Ctrl-C ends`);
    await aborted(stop.signal);
  }
  stop.abort();
  await playing;
  await publisher.shutdown();
  client.close();
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
