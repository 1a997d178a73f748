/**
 * Agents in a process of their own that publish through the real tracer at a steady pace: spans of
 * a few traces in turn, each opened at one tick and ended at a later one. A span's name is the
 * nanosecond at which it was opened. It answers `{eventsPerSecond, seconds}` when it is done.
 */
import { createTracer, type Span } from '@spantail/agent';
import { nowNs, pause } from './clock.ts';
import { settings } from './child.ts';

export interface AgentsSettings {
  url: string;
  traces: number;
}

export interface AgentsStarted {
  traceIds: string[];
}

export interface AgentsReport {
  events: number;
  dropped: number;
}

const { url, traces } = await settings<AgentsSettings>();
const tracer = createTracer({ url, service: 'bench' });
const roots = Array.from({ length: traces }, (_, i) =>
  tracer.startSpan(`agent ${i}`, { type: 'agent', parent: null }),
);
const open: (Span | undefined)[] = roots.map(() => undefined);
await tracer.flush();
process.send?.({ traceIds: roots.map((root) => root.traceId) } satisfies AgentsStarted);

process.on('message', (message: { eventsPerSecond: number; seconds: number }) => {
  void publish(message.eventsPerSecond, message.seconds);
});

async function publish(eventsPerSecond: number, seconds: number): Promise<void> {
  const events = eventsPerSecond * seconds;
  const beginNs = nowNs();
  for (let done = 0; done < events;) {
    const dueMs = (done * 1_000) / eventsPerSecond - (nowNs() - beginNs) / 1e6;
    if (dueMs > 0) {
      await pause(dueMs);
      continue;
    }
    const i = done++ % traces;
    const span = open[i];
    if (span === undefined) open[i] = roots[i]?.startSpan(String(nowNs()), { type: 'tool' });
    else {
      span.end({ output: 'done' });
      open[i] = undefined;
    }
  }
  await tracer.flush();
  const { dropped = { events: 0, updates: 0, payloads: 0 } } = tracer.stats ?? {};
  process.send?.({
    events,
    dropped: dropped.events + dropped.updates + dropped.payloads,
  } satisfies AgentsReport);
}
