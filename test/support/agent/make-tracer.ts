import { createTracer, type Tracer, type TracerOptions } from '@spantail/agent';
import { RunTree, type SpanNode, type TraceEvent, type TraceId } from '@spantail/protocol';
import { onTestFinished } from 'vitest';
import { MemoryLog } from './memory-log.ts';

export interface TestTracer {
  tracer: Tracer;
  log: MemoryLog;
  errors: Error[];
  /** All events of the one trace there is, in order, when everything is flushed. */
  events: () => Promise<TraceEvent[]>;
  /** Its tree. */
  tree: () => Promise<RunTree>;
}

/** A tracer on a log in memory, shut down when the test is over. */
export function makeTracer(options: TracerOptions = {}): TestTracer {
  const log = new MemoryLog();
  const errors: Error[] = [];
  const tracer = createTracer({
    exporter: log,
    service: 'tested',
    onError: (error) => errors.push(error),
    ...options,
  });
  onTestFinished(async () => {
    await tracer.shutdown({ timeoutMs: 1_000 });
  });
  const events = async (): Promise<TraceEvent[]> => {
    await tracer.flush();
    return log.all();
  };
  return {
    tracer,
    log,
    errors,
    events,
    tree: async () => {
      const found = await events();
      const [traceId = ''] = log.entries.keys();
      return foldTree(traceId, found);
    },
  };
}

export function foldTree(traceId: TraceId, events: readonly TraceEvent[]): RunTree {
  const tree = new RunTree(traceId);
  for (const event of events) tree.apply(event);
  return tree;
}

/** Names with their children's, in order: `root(a(b) c)`. */
export function outline(spans: readonly SpanNode[]): string {
  return spans
    .map(({ name, children }) => (children.length === 0 ? name : `${name}(${outline(children)})`))
    .join(' ');
}
