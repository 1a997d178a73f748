import { isMap, textOf } from './is-map.ts';
import { jsonIn } from './json-in.ts';
import type { MessagePart } from './message.ts';

/**
 * The parts of a message's content: a text, or blocks as OpenAI, Anthropic, Google, LangChain, the
 * Vercel AI SDK and the GenAI conventions write them. What is not known stays as JSON.
 */
export function readParts(content: unknown): MessagePart[] {
  if (content === undefined || content === null || content === '') return [];
  if (typeof content === 'string') return readText(content);
  if (Array.isArray(content)) return content.map(readPart);
  return [readPart(content)];
}

/** Some record a message's blocks as one text. */
function readText(text: string): MessagePart[] {
  const blocks = /^\[\s*\{/.test(text) ? jsonIn(text) : undefined;
  return Array.isArray(blocks) && blocks.every(isPart)
    ? blocks.map(readPart)
    : [{ kind: 'text', text }];
}

/** Whether it is a block of a message rather than just any JSON. */
export function isPart(value: unknown): boolean {
  return isMap(value) && typeof value['type'] === 'string' && readPart(value).kind !== 'other';
}

export function readPart(block: unknown): MessagePart {
  if (typeof block === 'string') return { kind: 'text', text: block };
  if (!isMap(block)) return { kind: 'other', value: block };
  const { type } = block;
  const part = typeof type === 'string' ? readTyped(type, block) : readUntyped(block);
  return part ?? { kind: 'other', value: block };
}

function readTyped(type: string, block: Record<string, unknown>): MessagePart | undefined {
  switch (type) {
    case 'text':
    case 'input_text':
    case 'output_text':
    case 'refusal': {
      const text = textOf(block, 'text', 'content', 'refusal');
      return text === undefined ? undefined : { kind: 'text', text };
    }
    case 'thinking':
    case 'reasoning':
    case 'redacted_thinking':
      return reasoning(block);
    case 'tool_use':
    case 'server_tool_use':
    case 'tool_call':
    case 'tool-call':
    case 'function_call':
    case 'function':
      return toolCall(block);
    case 'tool_result':
    case 'web_search_tool_result':
    case 'tool_call_response':
    case 'tool-result':
    case 'tool_call_output':
    case 'function_call_output':
      return toolResult(block);
    case 'image':
    case 'image_url':
    case 'input_image':
    case 'blob':
    case 'file':
    case 'uri':
      return image(block);
    default:
      return undefined;
  }
}

/** Google's parts are told apart by their one field. */
function readUntyped(block: Record<string, unknown>): MessagePart | undefined {
  const call = block['functionCall'] ?? block['function_call'];
  if (isMap(call)) return toolCall(call);
  const response = block['functionResponse'] ?? block['function_response'];
  if (isMap(response)) return toolResult(response);
  const inline = block['inlineData'] ?? block['inline_data'];
  if (isMap(inline)) return image(inline);
  const text = textOf(block, 'text');
  if (text === undefined) return undefined;
  return { kind: block['thought'] === true ? 'reasoning' : 'text', text };
}

function reasoning(block: Record<string, unknown>): MessagePart | undefined {
  const text = textOf(block, 'thinking', 'text', 'content', 'reasoning');
  if (text !== undefined) return { kind: 'reasoning', text };
  const { summary } = block;
  if (!Array.isArray(summary))
    return block['type'] === 'redacted_thinking'
      ? { kind: 'reasoning', text: '(redacted by the provider)' }
      : undefined;
  const texts = summary.flatMap((item) => (isMap(item) ? (textOf(item, 'text') ?? []) : []));
  return { kind: 'reasoning', text: texts.join('\n\n') };
}

export function toolCall(block: Record<string, unknown>): MessagePart {
  // OpenAI's has the name and the arguments in a `function` of its own.
  const inner = isMap(block['function']) ? block['function'] : block;
  const name = textOf(inner, 'name', 'toolName', 'tool_name', 'tool_function') ?? 'tool';
  const id = textOf(block, 'call_id', 'toolCallId', 'tool_id', 'id');
  const input = ['arguments', 'input', 'args', 'parameters', 'tool_arguments']
    .map((field) => inner[field])
    .find((value) => value !== undefined && value !== null);
  return { kind: 'tool-call', name, ...(id === undefined ? {} : { id }), input: parsed(input) };
}

export function toolResult(block: Record<string, unknown>): MessagePart {
  const name = textOf(block, 'name', 'toolName');
  const id = textOf(block, 'tool_use_id', 'tool_call_id', 'call_id', 'toolCallId', 'id');
  const output = ['response', 'result', 'output', 'content']
    .map((field) => block[field])
    .find((value) => value !== undefined);
  return {
    kind: 'tool-result',
    ...(name === undefined ? {} : { name }),
    ...(id === undefined ? {} : { id }),
    output: unwrapped(output),
    failed: block['is_error'] === true || block['isError'] === true || block['status'] === 'error',
  };
}

/** A result that is nothing but texts is that text; the AI SDK says beside it what it is. */
function unwrapped(output: unknown): unknown {
  if (isMap(output) && typeof output['type'] === 'string' && 'value' in output)
    return output['value'];
  if (!Array.isArray(output) || output.length === 0 || !output.every(isTextPart)) return output;
  return output.map((part) => textOf(part, 'text') ?? '').join('\n');
}

function isTextPart(part: unknown): part is Record<string, unknown> {
  return isMap(part) && part['type'] === 'text' && typeof part['text'] === 'string';
}

function image(block: Record<string, unknown>): MessagePart | undefined {
  const source = isMap(block['source']) ? block['source'] : block;
  const address = isMap(source['image_url']) ? source['image_url']['url'] : source['image_url'];
  const url = typeof address === 'string' ? address : textOf(source, 'url', 'uri');
  const data = textOf(source, 'data', 'image', 'content', 'blob');
  const mediaType =
    textOf(source, 'media_type', 'mediaType', 'mime_type', 'mimeType') ??
    (block['type'] === 'image' ? 'image/png' : '');
  if (url === undefined && data === undefined) return undefined;
  if (url !== undefined)
    return block['type'] === 'file' || block['type'] === 'uri' ? undefined : { kind: 'image', url };
  if (!mediaType.startsWith('image/') || data === undefined) return undefined;
  const isUrl = /^(?:data|https?):/i.test(data);
  return { kind: 'image', url: isUrl ? data : `data:${mediaType};base64,${data}` };
}

/** Arguments are often JSON as a text; while they stream, or from a careless model, they are not. */
function parsed(input: unknown): unknown {
  if (typeof input !== 'string' || !/^\s*[{[]/.test(input)) return input;
  try {
    return JSON.parse(input) as unknown;
  } catch {
    return input;
  }
}
