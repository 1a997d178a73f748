import { SpantailTracingProcessor } from '@spantail/agent/openai-agents';
import { describe, expect, it } from 'vitest';
import { makeTracer } from '../../support/agent/make-tracer.ts';

function traceId(number: number): string {
  return `trace_${(number + 1).toString(16).padStart(32, '0')}`;
}

function traceOf(number: number) {
  return { traceId: traceId(number), name: `run ${number}`, groupId: null, metadata: {} };
}

function spanOf(trace: number, number: number, spanData: object = { type: 'custom', name: 'a' }) {
  return {
    traceId: traceId(trace),
    spanId: `span_${number.toString(16).padStart(24, '0')}`,
    parentId: null,
    startedAt: new Date().toISOString(),
    endedAt: null,
    error: null,
    spanData,
  } as never;
}

describe('the processor for the OpenAI Agents SDK', () => {
  it('[FA5] leaves traces open that pause while many others go on', async () => {
    const { tracer, events } = makeTracer();
    const processor = new SpantailTracingProcessor({ tracer });
    const traces = Array.from({ length: 300 }, (_, number) => traceOf(number));
    for (const trace of traces) await processor.onTraceStart(trace);
    expect((await events()).filter(({ type }) => type === 'close')).toEqual([]);
    for (const trace of traces) await processor.onTraceEnd(trace);
    expect((await events()).filter(({ type }) => type === 'close')).toHaveLength(300);
  });

  it('[FA1, FA6] closes steps that outlive their trace, however many others there were', async () => {
    const { tracer, events } = makeTracer();
    const processor = new SpantailTracingProcessor({ tracer });
    await processor.onTraceStart(traceOf(0));
    await processor.onSpanStart(spanOf(0, 1));
    await processor.onTraceEnd(traceOf(0));
    for (let number = 1; number < 300; number++) {
      await processor.onTraceStart(traceOf(number));
      await processor.onTraceEnd(traceOf(number));
    }
    await processor.onSpanEnd(spanOf(0, 1));
    const all = await events();
    expect(all.filter(({ type }) => type === 'close')).toHaveLength(
      all.filter(({ type }) => type === 'open').length,
    );
  });

  it('[FA1] passes over what is not as it expects, and tells of all the rest', async () => {
    const { tracer, events } = makeTracer();
    const processor = new SpantailTracingProcessor({ tracer });
    const hostile = {
      type: 'function',
      get name(): string {
        throw new TypeError('not yours');
      },
    };
    // Both start in one turn of the event loop; nobody would catch what is thrown behind it.
    void processor.onSpanStart(spanOf(0, 1, hostile));
    void processor.onSpanStart(spanOf(0, 2, { type: 'custom', name: 'sound' }));
    await new Promise((resolve) => setImmediate(resolve));
    expect(
      (await events()).flatMap((event) => (event.type === 'open' ? [event.name] : [])),
    ).toEqual(['sound']);
  });
});
