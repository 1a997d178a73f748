import type { SpanType } from '@spantail/protocol';
import type { MastraSpan } from './mastra-event.ts';

/** Those that are not here are steps. */
const TYPES: Readonly<Record<string, SpanType>> = {
  agent_run: 'agent',
  model_inference: 'model',
  tool_call: 'tool',
  mcp_tool_call: 'tool',
  client_tool_call: 'tool',
  provider_tool_call: 'tool',
  rag_embedding: 'embedding',
};

/** Of a kind of span that does several things: what it does, and when that is a look-up. */
const LOOK_UPS: Readonly<Record<string, { key: string; values: readonly string[] }>> = {
  rag_vector_operation: { key: 'operation', values: ['query', 'fetch'] },
  rag_action: { key: 'action', values: ['rerank'] },
  graph_action: { key: 'action', values: ['traverse'] },
  memory_operation: { key: 'operationType', values: ['recall'] },
  workspace_action: { key: 'category', values: ['search'] },
};

/** Processors that let pass or refuse, by the names of those that Mastra brings along. */
const GUARDS = /guard|moderat|pii|inject|detect|safety|filter/i;

/** The type of a span. `model_generation` is one too where nothing below it is: see the exporter. */
export function toSpanType(span: MastraSpan, attributes: Record<string, unknown>): SpanType {
  const known = TYPES[span.type];
  if (known !== undefined) return known;
  const lookUp = LOOK_UPS[span.type];
  if (lookUp !== undefined)
    return lookUp.values.includes(String(attributes[lookUp.key])) ? 'retrieval' : 'step';
  if (span.type === 'processor_run') {
    const isGuard =
      attributes['tripwireAbort'] !== undefined ||
      GUARDS.test(`${span.entityId ?? ''} ${span.entityName ?? ''}`);
    return isGuard ? 'guardrail' : 'step';
  }
  return 'step';
}

/** What to call it: Mastra's names begin with the kind of span, which the type says already. */
export function toSpanName(
  span: MastraSpan,
  { model }: Record<string, unknown>,
  spanType: SpanType,
): string {
  if (spanType === 'model' && typeof model === 'string') return model;
  if (span.type === 'model_generation') return 'generation';
  const quoted = /^[^:']+: '(.+)'$/.exec(span.name)?.[1];
  return quoted ?? span.name.replace(/^([^:]+): (\d+)$/, '$1 $2');
}
