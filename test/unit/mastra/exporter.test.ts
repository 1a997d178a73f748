import { SpantailExporter, type MastraSpan } from '@spantail/agent/mastra';
import type { RunTree, SpanNode } from '@spantail/protocol';
import { describe, expect, it, vi } from 'vitest';
import { makeTracer, outline, type TestTracer } from '../../support/agent/make-tracer.ts';

const TRACE = 'ab'.repeat(16);

type Given = Partial<MastraSpan> & { type: string };

type Send = (id: number, parent: number | undefined, span: Given) => void;

interface Begun extends TestTracer {
  exporter: SpantailExporter;
  start: Send;
  update: Send;
  end: Send;
}

/** An exporter, and what Mastra would call it with. */
function begin(): Begun {
  const made = makeTracer();
  const exporter = new SpantailExporter({ tracer: made.tracer });
  const send =
    (type: string): Send =>
    (id, parent, span) => {
      const exportedSpan = {
        id: idOf(id),
        traceId: TRACE,
        ...(parent === undefined ? {} : { parentSpanId: idOf(parent) }),
        name: span.type,
        startTime: new Date(),
        ...(type === 'span_ended' ? { endTime: new Date() } : {}),
        ...span,
      };
      void exporter.exportTracingEvent({ type, exportedSpan });
    };
  const [start, update, end] = ['span_started', 'span_updated', 'span_ended'].map(send);
  if (start === undefined || update === undefined || end === undefined) throw new Error();
  return { ...made, exporter, start, update, end };
}

function idOf(number: number): string {
  return number.toString(16).padStart(16, '0');
}

function find(tree: RunTree, name: string): SpanNode {
  const found = [...tree.walk()].find(({ span }) => span.name === name);
  if (found === undefined) throw new Error(`no span ${name} in ${outline(tree.roots)}`);
  return found.span;
}

describe('the Mastra exporter', () => {
  it('[FA3, FA4] takes a generation for the model call where nothing below it is one', async () => {
    const { start, end, tree } = begin();
    const attributes = { model: 'small', provider: 'test', usage: { inputTokens: 3 } };
    start(1, undefined, { type: 'agent_run', name: "agent run: 'a'" });
    start(2, 1, { type: 'model_generation', name: "llm: 'small'", attributes });
    start(3, 2, { type: 'model_step', name: 'step: 0' });
    end(4, 3, {
      type: 'model_chunk',
      attributes: { chunkType: 'text' },
      output: { text: 'hello' },
    });
    end(3, 2, { type: 'model_step', attributes });
    end(2, 1, { type: 'model_generation', attributes, output: { text: 'hello', files: [] } });
    end(1, undefined, { type: 'agent_run', attributes });
    const run = await tree();
    expect(outline(run.roots)).toBe('a(small(step 0))');
    expect(find(run, 'small')).toMatchObject({
      spanType: 'model',
      outputText: 'hello',
      usage: { inputTokens: 3 },
    });
    expect(find(run, 'a').usage).toBeUndefined();
    expect(find(run, 'step 0').usage).toBeUndefined();
  });

  it('[FA2] gives each kind of span its type', async () => {
    const { start, end, tree } = begin();
    const kinds: [Given, string][] = [
      [{ type: 'mcp_tool_call' }, 'tool'],
      [{ type: 'rag_embedding' }, 'embedding'],
      [{ type: 'rag_vector_operation', attributes: { operation: 'query' } }, 'retrieval'],
      [{ type: 'rag_vector_operation', attributes: { operation: 'upsert' } }, 'step'],
      [{ type: 'memory_operation', attributes: { operationType: 'recall' } }, 'retrieval'],
      [{ type: 'processor_run', entityId: 'moderation' }, 'guardrail'],
      [{ type: 'processor_run', entityId: 'message-history' }, 'step'],
      [{ type: 'processor_run', attributes: { tripwireAbort: { reason: 'no' } } }, 'guardrail'],
      [{ type: 'workflow_parallel' }, 'step'],
      [{ type: 'of_another_version' }, 'step'],
    ];
    start(1, undefined, { type: 'workflow_run', name: "workflow run: 'w'" });
    for (const [index, [span]] of kinds.entries()) {
      start(index + 2, 1, { ...span, name: `${index}` });
      end(index + 2, 1, { ...span, name: `${index}` });
    }
    end(1, undefined, { type: 'workflow_run' });
    const run = await tree();
    for (const [index, [, spanType]] of kinds.entries())
      expect([index, find(run, `${index}`).spanType]).toEqual([index, spanType]);
  });

  it('[FA2] publishes what is new, and of what each span repeats only that', async () => {
    const { start, update, end, events, tree } = begin();
    const metadata = { sessionId: 's', plan: 'free' };
    const root = { type: 'agent_run', input: 'hello', metadata };
    start(1, undefined, root);
    update(1, undefined, root);
    update(1, undefined, { ...root, attributes: { maxSteps: 3 } });
    start(2, 1, { type: 'tool_call', metadata: { ...metadata, plan: 'paid' } });
    end(2, 1, { type: 'tool_call', metadata: { ...metadata, plan: 'paid' } });
    end(1, undefined, { ...root, attributes: { maxSteps: 3 } });
    expect((await events()).map(({ type }) => type)).toEqual([
      'open',
      'update',
      'open',
      'close',
      'close',
    ]);
    const run = await tree();
    expect(run.roots[0]?.attributes).toMatchObject({ 'session.id': 's', 'mastra.maxSteps': 3 });
    expect(find(run, 'tool_call').attributes).toEqual({
      'mastra.span.type': 'tool_call',
      'mastra.metadata.plan': 'paid',
    });
  });

  it('[FA2] keeps times that lie behind, and moments that have only an end', async () => {
    const { start, end, tree } = begin();
    start(1, undefined, { type: 'agent_run', startTime: new Date(1_000) });
    end(2, 1, {
      type: 'provider_tool_call',
      startTime: new Date(2_000),
      endTime: new Date(3_000),
    });
    end(1, undefined, { type: 'agent_run', endTime: new Date(4_000) });
    const run = await tree();
    expect(find(run, 'agent_run')).toMatchObject({ startUs: 1_000_000, endUs: 4_000_000 });
    expect(find(run, 'provider_tool_call')).toMatchObject({
      startUs: 2_000_000,
      endUs: 3_000_000,
    });
  });

  it('[FA7] puts a child that comes late into the trace that its run went on in', async () => {
    const { tracer, start, end, tree } = begin();
    await tracer.run('own', () => {
      start(1, undefined, { type: 'agent_run', name: "agent run: 'a'" });
      end(1, undefined, { type: 'agent_run' });
    });
    start(2, 1, { type: 'generic', name: 'late' });
    end(2, 1, { type: 'generic' });
    expect(outline((await tree()).roots)).toBe('own(a(late))');
  });

  it('[FA4] takes costs in dollars, of model calls', async () => {
    const { start, end, tree } = begin();
    const spans: [string, object][] = [
      ['dollars', { estimatedCost: 0.5, costUnit: 'usd' }],
      ['euros', { estimatedCost: 0.5, costUnit: 'EUR' }],
    ];
    start(1, undefined, { type: 'agent_run' });
    for (const [index, [name, costContext]] of spans.entries()) {
      const attributes = { costContext };
      start(index + 2, 1, { type: 'model_inference', name });
      end(index + 2, 1, { type: 'model_inference', name, attributes });
    }
    end(1, undefined, { type: 'agent_run', attributes: { costContext: spans[0]?.[1] } });
    const run = await tree();
    expect(find(run, 'dollars').usage).toEqual({ costUsd: 0.5 });
    expect(find(run, 'euros').usage).toBeUndefined();
    expect(find(run, 'agent_run').usage).toBeUndefined();
  });

  it('[FA2] tells the lines of the logger that belong to a span', async () => {
    const { exporter, start, end, tree } = begin();
    start(1, undefined, { type: 'agent_run' });
    const line = { timestamp: new Date(5_000), level: 'fatal', message: 'oh' };
    exporter.onLogEvent({ log: { ...line, spanId: idOf(1), data: { a: 1 } } });
    exporter.onLogEvent({ log: { ...line, spanId: idOf(9) } });
    end(1, undefined, { type: 'agent_run' });
    expect(find(await tree(), 'agent_run').logs).toEqual([
      { timeUs: 5_000_000, level: 'error', message: 'oh', attributes: { a: 1 } },
    ]);
  });

  it('[FA1] waits once for a gateway that is away, however often Mastra flushes', async () => {
    const url = 'http://127.0.0.1:1';
    const exporter = new SpantailExporter({ url, flushTimeoutMs: 100, onError: () => {} });
    const flush = vi.spyOn(exporter.tracer, 'flush');
    const shutdown = vi.spyOn(exporter.tracer, 'shutdown');
    const span = { id: idOf(1), traceId: TRACE, name: 'agent', startTime: new Date() };
    await exporter.exportTracingEvent({
      type: 'span_started',
      exportedSpan: { ...span, type: 'agent_run' },
    });
    await exporter.flush();
    await exporter.flush();
    await exporter.shutdown();
    expect(flush.mock.calls).toEqual([[{ timeoutMs: 100 }], [{ timeoutMs: 0 }]]);
    expect(shutdown.mock.calls).toEqual([[{ timeoutMs: 0 }]]);
  });

  it('[FA1] leaves a tracer that it was given running', async () => {
    const { exporter, tracer, tree } = begin();
    await exporter.shutdown();
    await tracer.run('after', () => undefined);
    expect(outline((await tree()).roots)).toBe('after');
  });
});
