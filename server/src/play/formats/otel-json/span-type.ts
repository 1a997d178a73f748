import type { SpanType } from '@spantail/protocol';
import { asString } from '../../source/json-value.ts';
import type { SpanRecord } from './span-record.ts';

const OPERATIONS: Record<string, SpanType> = {
  chat: 'model',
  generate_content: 'model',
  text_completion: 'model',
  embeddings: 'embedding',
  execute_tool: 'tool',
  create_agent: 'agent',
  invoke_agent: 'agent',
  invoke_workflow: 'agent',
  retrieval: 'retrieval',
};

const MONOCLE: Record<string, SpanType> = {
  inference: 'model',
  'inference.framework': 'model',
  // The HTTP call below a framework's model span: the same tokens once more, so not a model call.
  'inference.modelapi': 'step',
  retrieval: 'retrieval',
  embedding: 'embedding',
  'agentic.invocation': 'agent',
  'agentic.turn': 'agent',
  'agentic.request': 'agent',
  'agentic.delegation': 'handoff',
  'agentic.tool.invocation': 'tool',
  'agentic.mcp.invocation': 'tool',
};

/** By Monocle's `span.type`, else by the GenAI conventions' operation, else `step`. */
export function spanTypeOf({ attributes }: SpanRecord): SpanType {
  const monocle = MONOCLE[asString(attributes['span.type']) ?? ''];
  if (monocle !== undefined) return monocle;
  const operation = OPERATIONS[asString(attributes['gen_ai.operation.name']) ?? ''];
  if (operation !== undefined) return operation;
  return attributes['gen_ai.request.model'] === undefined ? 'step' : 'model';
}
