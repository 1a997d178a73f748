import type { Attributes, SpanError, TimeUs } from '@spantail/protocol';
import type { JsonValue, RecordedAction, SpanKey } from '../../recorded/action.ts';
import type { JsonObject } from '../../source/json-value.ts';
import { asArray, asObject, asString, defined } from '../../source/json-value.ts';

/** Calls of these tools are sub-agents. */
const AGENT_TOOLS = new Set(['Task', 'Agent']);

export interface ToolSpan {
  key: SpanKey;
  agentKey: SpanKey;
  name: string;
  input: JsonObject;
  /** Output shown so far. */
  shown: string;
  /** The output seen last does not continue what was shown, so nothing more can be. */
  lost: boolean;
  closed: boolean;
}

export function isToolUse(block: JsonObject): boolean {
  return block['type'] === 'tool_use' && typeof block['id'] === 'string';
}

export function openTool(
  block: JsonObject,
  agentKey: SpanKey,
  atUs: TimeUs,
): { span: ToolSpan; action: RecordedAction } {
  const id = asString(block['id']) ?? '';
  const name = asString(block['name']) ?? 'tool';
  const input = asObject(block['input']) ?? {};
  const key = toolKey(id);
  const isAgent = AGENT_TOOLS.has(name);
  const agentName = isAgent ? asString(input['subagent_type']) : undefined;
  return {
    span: { key, agentKey, name, input, shown: '', lost: false, closed: false },
    action: {
      type: 'open',
      key,
      parentKey: agentKey,
      atUs,
      startUs: atUs,
      name: agentName === undefined ? name : `${name} ${agentName}`,
      spanType: isAgent ? 'agent' : 'tool',
      attributes: defined<Attributes>({
        'gen_ai.operation.name': isAgent ? 'invoke_agent' : 'execute_tool',
        'gen_ai.tool.name': name,
        'gen_ai.tool.call.id': id,
        'gen_ai.agent.name': agentName,
      }),
      input,
    },
  };
}

export function toolKey(id: string): SpanKey {
  return `tool:${id}`;
}

/**
 * The command has written more. White space at the end is held back: the final output has it
 * trimmed, so showing it would make the deltas differ from the output.
 */
export function growTool(span: ToolSpan, fullOutput: string, atUs: TimeUs): RecordedAction[] {
  const text = fullOutput.trimEnd();
  if (span.closed || span.lost || text.length <= span.shown.length) return [];
  if (!text.startsWith(span.shown)) {
    span.lost = true;
    return [];
  }
  const outputDelta = text.slice(span.shown.length);
  span.shown = text;
  return [{ type: 'update', key: span.key, atUs, outputDelta }];
}

/** Its result came: what was not shown yet follows as a delta, or the output replaces what was. */
export function closeTool(span: ToolSpan, result: JsonObject, atUs: TimeUs): RecordedAction[] {
  span.closed = true;
  const { key, shown } = span;
  const output = resultValue(result['content']);
  const failed = result['is_error'] === true;
  const error: SpanError = {
    type: 'tool_error',
    message: typeof output === 'string' ? output : JSON.stringify(output),
  };
  const close: RecordedAction = {
    type: 'close',
    key,
    atUs,
    endUs: atUs,
    ...(failed ? { status: 'error', error } : { status: 'ok' }),
  };
  if (shown === '' || typeof output !== 'string' || !output.startsWith(shown))
    return [{ ...close, output }];
  const left = output.slice(shown.length);
  return left === '' ? [close] : [{ type: 'update', key, atUs, outputDelta: left }, close];
}

/** A result of nothing but text is that text. */
function resultValue(content: JsonValue | undefined): JsonValue {
  if (content === undefined) return '';
  const texts = asArray(content)?.map((block) => asString(asObject(block)?.['text']));
  if (texts === undefined || texts.includes(undefined)) return content;
  return texts.join('\n');
}
