import type { Attributes, TimeUs, Usage } from '@spantail/protocol';
import type { JsonValue, RecordedAction, SpanKey } from '../../recorded/action.ts';
import type { JsonObject } from '../../source/json-value.ts';
import { asCount, asString, defined } from '../../source/json-value.ts';
import type { AssistantLine } from './line.ts';

/** A model call whose message is still arriving. */
export interface ModelSpan {
  key: SpanKey;
  messageId: string;
  /** The conversation its message belongs to, and its place there. */
  context: JsonValue[];
  contextIndex: number;
  blocks: JsonObject[];
  lastUs: TimeUs;
  last: AssistantLine;
  closed: boolean;
}

export function openModel(
  line: AssistantLine,
  parentKey: SpanKey,
  startUs: TimeUs,
  context: JsonValue[],
): { span: ModelSpan; action: RecordedAction } {
  const key = `model:${line.messageId}`;
  const { model } = line;
  return {
    span: {
      key,
      messageId: line.messageId,
      context,
      contextIndex: context.length,
      blocks: [],
      lastUs: line.atUs,
      last: line,
      closed: false,
    },
    action: {
      type: 'open',
      key,
      parentKey,
      atUs: startUs,
      startUs,
      name: model === undefined ? 'chat' : `chat ${model}`,
      spanType: 'model',
      attributes: defined<Attributes>({
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.request.model': model,
      }),
      input: [...context],
    },
  };
}

/** The span grows by the line's blocks. */
export function growModel(span: ModelSpan, line: AssistantLine): RecordedAction[] {
  const delta = textOf(line.blocks);
  // Blocks stand on lines of their own.
  const separator = textOf(span.blocks) === '' ? '' : '\n';
  span.blocks = [...span.blocks, ...line.blocks];
  span.lastUs = Math.max(span.lastUs, line.atUs);
  span.last = line;
  if (delta === '') return [];
  return [{ type: 'update', key: span.key, atUs: line.atUs, outputDelta: separator + delta }];
}

export function closeModel(span: ModelSpan): RecordedAction {
  span.closed = true;
  const { key, last, lastUs } = span;
  const usage = usageOf(last.usage);
  const text = textOf(span.blocks);
  return {
    type: 'close',
    key,
    atUs: lastUs,
    endUs: lastUs,
    ...(last.failed
      ? { status: 'error', error: { type: 'api_error', message: text } }
      : { status: 'ok' }),
    attributes: defined<Attributes>({
      'gen_ai.response.id': span.messageId,
      'gen_ai.response.model': last.model,
      'gen_ai.response.finish_reasons':
        last.stopReason === undefined ? undefined : [last.stopReason],
    }),
    ...(usage === undefined ? {} : { usage }),
  };
}

/** Models put blank blocks around their thoughts: they say nothing. */
function textOf(blocks: readonly JsonObject[]): string {
  return blocks
    .map(blockText)
    .filter((text) => text.trim() !== '')
    .join('\n');
}

/** How a block reads in the model's output: text as it is, the rest marked as what it is. */
function blockText(block: JsonObject): string {
  switch (block['type']) {
    case 'text':
      return asString(block['text']) ?? '';
    case 'thinking':
      // Withheld thinking is logged as an empty text with a signature.
      if (block['thinking'] === '') return '';
      return `<thinking>\n${asString(block['thinking']) ?? ''}\n</thinking>`;
    case 'tool_use':
      return `<tool_use name="${asString(block['name']) ?? ''}">${JSON.stringify(block['input'] ?? {})}</tool_use>`;
    default:
      return JSON.stringify(block);
  }
}

/** `inputTokens` are all tokens of the prompt, those read from and written to the cache included. */
function usageOf(usage: JsonObject | undefined): Usage | undefined {
  if (usage === undefined) return undefined;
  const fresh = asCount(usage['input_tokens']);
  const read = asCount(usage['cache_read_input_tokens']);
  const written = asCount(usage['cache_creation_input_tokens']);
  return defined<Usage>({
    inputTokens: fresh === undefined ? undefined : fresh + (read ?? 0) + (written ?? 0),
    outputTokens: asCount(usage['output_tokens']),
    cachedInputTokens: read,
  });
}
