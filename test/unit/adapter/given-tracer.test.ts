import type { Tracer } from '@spantail/agent';
import { SpantailTelemetry } from '@spantail/agent/ai-sdk';
import { tracedQuery } from '@spantail/agent/claude-agent-sdk';
import { SpantailExporter } from '@spantail/agent/mastra';
import { SpantailTracingProcessor } from '@spantail/agent/openai-agents';
import { SpantailSpanProcessor } from '@spantail/agent/otel';
import { describe, expect, it } from 'vitest';
import { makeTracer } from '../../support/agent/make-tracer.ts';

type Adapter = { shutdown(): Promise<unknown> };

async function* nothing(): AsyncGenerator {}

const ADAPTERS: [string, (tracer: Tracer) => Adapter][] = [
  ['the AI SDK', (tracer) => new SpantailTelemetry({ tracer })],
  ['the Claude Agent SDK', (tracer) => tracedQuery(nothing, { tracer })],
  ['Mastra', (tracer) => new SpantailExporter({ tracer })],
  ['the OpenAI Agents SDK', (tracer) => new SpantailTracingProcessor({ tracer })],
  ['OpenTelemetry', (tracer) => new SpantailSpanProcessor({ tracer })],
];

describe('a tracer that an adapter was given', () => {
  it.each(ADAPTERS)('[FA7] goes on when the adapter for %s is shut down', async (_, adapt) => {
    const { tracer, log, events } = makeTracer();
    const adapter = adapt(tracer);
    tracer.startSpan('before').end();
    await adapter.shutdown();
    expect(log.all()).toHaveLength(2);
    tracer.startSpan('behind').end();
    expect(await events()).toHaveLength(4);
  });
});
