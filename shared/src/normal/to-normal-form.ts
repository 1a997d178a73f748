import type { SpanType } from '../event/event.ts';
import type { OtelSpan } from '../otel/otel-span.ts';
import type { NormalForm } from './normal-form.ts';

const OPERATIONS: Record<string, SpanType> = {
  chat: 'model',
  generate_content: 'model',
  text_completion: 'model',
  embeddings: 'embedding',
  execute_tool: 'tool',
  create_agent: 'agent',
  invoke_agent: 'agent',
  retrieval: 'retrieval',
};

/** The one reading of what instrumentations write. */
export function toNormalForm(span: OtelSpan): NormalForm {
  const operation = span.attributes['gen_ai.operation.name'];
  return {
    spanType: (typeof operation === 'string' ? OPERATIONS[operation] : undefined) ?? 'step',
    attributes: span.attributes,
    logs: span.events.map(({ timeUs, name, attributes }) => ({
      timeUs,
      message: name,
      attributes,
    })),
  };
}
