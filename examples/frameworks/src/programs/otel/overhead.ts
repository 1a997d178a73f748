/**
 * A program to be measured by bench/src/otel-overhead.ts, in each of its ways to publish: makes the
 * spans it is told to, and answers what they cost its process.
 */
import { setImmediate, setTimeout } from 'node:timers/promises';
import { context, trace, type Context, type Span } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-node';
import { SpantailSpanProcessor } from '@spantail/agent/otel';
import { providerOf } from './provider.ts';

export interface Settings {
  major: string;
  way: 'none' | 'batch' | 'spantail';
  url: string;
}

export type Load =
  /** So many spans, some at a time, as fast as they go. */
  | { kind: 'busy'; spans: number }
  /** A few each tick, as agents that wait for models do. */
  | { kind: 'paced'; spans: number; perSecond: number }
  /** So many spans that stay open. */
  | { kind: 'open'; spans: number };

const SPANS_A_TRACE = 50;
const TICK_MS = 10;
/** A message of a conversation: 1 kB, and no two alike. */
const CONTENT = 'Lorem ipsum dolor sit amet, "quoted" and so on.\n'.repeat(21);

process.once('disconnect', () => process.exit(0));
process.once('message', (settings: Settings) => {
  const processors = processorsOf(settings);
  const { tracer, forceFlush } = providerOf(settings.major, processors);
  let made = 0;

  const begin = (parent: Context): Span => {
    made++;
    return tracer.startSpan(
      'chat small',
      {
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'test',
          'gen_ai.request.model': 'small',
          'gen_ai.request.temperature': 0.5,
          'gen_ai.conversation.id': 'c-1',
          'gen_ai.input.messages': `[{"role":"user","parts":[{"type":"text","content":${JSON.stringify(`${made} ${CONTENT}`)}}]}]`,
        },
      },
      parent,
    );
  };
  const end = (span: Span): void => {
    span.setAttributes({
      'gen_ai.response.model': 'small-2026',
      'gen_ai.response.id': 'r-1',
      'gen_ai.usage.input_tokens': 250,
      'gen_ai.usage.output_tokens': 17,
    });
    span.end();
  };
  /** One trace, its spans side by side; each open for as long as `wait` takes. */
  const run = async (spans: number, wait: () => Promise<unknown>): Promise<void> => {
    const root = tracer.startSpan('invoke_agent', {}, context.active());
    const inside = trace.setSpan(context.active(), root);
    await Promise.all(
      Array.from({ length: spans - 1 }, async () => {
        const span = begin(inside);
        await wait();
        end(span);
      }),
    );
    root.end();
  };

  const busy = async (spans: number): Promise<void> => {
    for (let at = 0; at < spans; at += SPANS_A_TRACE) {
      await run(SPANS_A_TRACE, () => setImmediate());
      // The batch processor drops above 2,048.
      if (at % 1_000 === 0) await forceFlush();
    }
  };
  const paced = async (spans: number, perSecond: number): Promise<void> => {
    const beganMs = performance.now();
    const running: Promise<void>[] = [];
    for (let at = 0; at < spans; at += SPANS_A_TRACE) {
      const dueMs = beganMs + (at / perSecond) * 1_000;
      await setTimeout(Math.max(0, dueMs - performance.now()));
      let k = 0;
      running.push(run(SPANS_A_TRACE, () => setTimeout(TICK_MS + (k++ % 20) * TICK_MS)));
    }
    await Promise.all(running);
  };

  process.on('message', (load: Load) => void measure(load));
  process.send?.({ ready: true });

  async function measure(load: Load): Promise<void> {
    if (load.kind === 'open') {
      process.send?.(await heapOf(load.spans));
      return;
    }
    globalThis.gc?.();
    const before = process.cpuUsage();
    if (load.kind === 'busy') await busy(load.spans);
    else await paced(load.spans, load.perSecond);
    await forceFlush();
    const { user, system } = process.cpuUsage(before);
    process.send?.({ cpuUs: (user + system) / load.spans });
  }

  async function heapOf(spans: number): Promise<{ heapBytes: number }> {
    await forceFlush();
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    const root = tracer.startSpan('invoke_agent');
    const inside = trace.setSpan(context.active(), root);
    const open = Array.from({ length: spans }, () => begin(inside));
    await forceFlush();
    // Late answers and buffers of the requests.
    await setTimeout(500);
    globalThis.gc?.();
    const heapBytes = (process.memoryUsage().heapUsed - before) / spans;
    for (const span of open) end(span);
    root.end();
    await forceFlush();
    return { heapBytes };
  }
});

function processorsOf({ way, url }: Settings): SpanProcessor[] {
  if (way === 'none') return [];
  if (way === 'spantail') return [new SpantailSpanProcessor({ url })];
  return [new BatchSpanProcessor(new OTLPTraceExporter({ url }))];
}
