import type { SpanType } from '@spantail/protocol';

/** What the outermost span of a call is, by the SDK's `operationId`. */
export interface Operation {
  name: string;
  spanType: SpanType;
  /** The conventions' name of it. */
  operationName?: string;
}

const AGENTS = new Set(['generateText', 'streamText', 'generateObject', 'streamObject']);
/** Without events of their own for the request to the model. */
const MODELS = new Set(['generateSpeech', 'transcribe', 'generateImage', 'generateVideo']);

export function operationOf(operationId = 'ai.call'): Operation {
  const name = operationId.replace(/^ai\./, '');
  // Agents built on it (`ai.workflowAgent.stream`) do what `streamText` does.
  if (AGENTS.has(name) || /agent/i.test(name))
    return { name, spanType: 'agent', operationName: 'invoke_agent' };
  return { name, spanType: MODELS.has(name) ? 'model' : 'step' };
}
