import type { Usage } from '@spantail/protocol';
import { fieldsOf } from '../adapter/fields-of.ts';
import type { PromptEvent } from './events.ts';

/** What was given to a model: a list of messages, the instructions ahead of them. */
export function promptOf(event: PromptEvent): unknown[] | undefined {
  const { prompt, promptMessages } = event;
  const instructions = listOf(event.instructions ?? event.system, 'system');
  const given = event.messages ?? (Array.isArray(prompt) ? prompt : undefined);
  const messages = listOf(given ?? prompt, 'user');
  const all =
    messages.length > 0
      ? [...instructions, ...messages]
      : [...instructions, ...listOf(promptMessages, 'user')];
  return all.length === 0 ? undefined : all.map(withoutBytes);
}

/** Images and files may be bytes, which JSON would write as an object of numbers. */
function withoutBytes(message: unknown): unknown {
  const { content, ...rest } = fieldsOf(message);
  if (!Array.isArray(content)) return message;
  return { ...rest, content: content.map(partWithoutBytes) };
}

function partWithoutBytes(part: unknown): unknown {
  const entries = Object.entries(fieldsOf(part));
  if (!entries.some(([, value]) => isBytes(value))) return part;
  return Object.fromEntries(
    entries.map(([key, value]) => [key, isBytes(value) ? dataUrl(value, part) : value]),
  );
}

function isBytes(value: unknown): value is Uint8Array | ArrayBuffer {
  return value instanceof Uint8Array || value instanceof ArrayBuffer;
}

function dataUrl(bytes: Uint8Array | ArrayBuffer, part: unknown): string {
  const { mediaType = 'application/octet-stream' } = fieldsOf(part);
  return `data:${String(mediaType)};base64,${Buffer.from(bytes as Uint8Array).toString('base64')}`;
}

function listOf(value: unknown, role: string): unknown[] {
  if (value === undefined || value === null || value === '') return [];
  if (Array.isArray(value)) return value;
  return [typeof value === 'string' ? { role, content: value } : value];
}

/**
 * What a model gave: its text when it gave nothing else, so that it is what was streamed, else the
 * list of its parts.
 */
export function contentOf(content: unknown): unknown {
  if (!Array.isArray(content)) return undefined;
  const parts = content.map(partOf).filter((part) => part !== undefined);
  if (parts.length === 0) return undefined;
  const texts = parts.map((part) => (part['type'] === 'text' ? part['text'] : undefined));
  return texts.every((text) => typeof text === 'string') ? texts.join('') : parts;
}

/** Without what is the SDK's own: getters, files' bytes, providers' metadata. */
function partOf(value: unknown): Record<string, unknown> | undefined {
  const part = fieldsOf(value);
  const type = part['type'];
  switch (type) {
    case 'text':
    case 'reasoning':
      return { type, text: part['text'] };
    case 'tool-call': {
      const { toolCallId, toolName, input } = part;
      return { type, toolCallId, toolName, input };
    }
    case 'tool-result': {
      const { toolCallId, toolName, output } = part;
      return { type, toolCallId, toolName, output };
    }
    case 'tool-error': {
      const { toolCallId, toolName, error } = part;
      return { type, toolCallId, toolName, error: String(error) };
    }
    case 'file':
      return { type, mediaType: fieldsOf(part['file'])['mediaType'] ?? part['mediaType'] };
    case 'source': {
      const { sourceType, id, url, title } = part;
      return { type, sourceType, id, url, title };
    }
    default:
      return typeof type === 'string' ? { type } : undefined;
  }
}

/** Tokens as the SDK counts them, of a language model or of embeddings, and the cost if it is told. */
export function usageOf(given: unknown, providerMetadata?: unknown): Usage {
  const usage = fieldsOf(given);
  const input = fieldsOf(usage['inputTokenDetails']);
  const output = fieldsOf(usage['outputTokenDetails']);
  const counts = {
    inputTokens: usage['inputTokens'] ?? usage['tokens'],
    outputTokens: usage['outputTokens'],
    cachedInputTokens: input['cacheReadTokens'] ?? usage['cachedInputTokens'],
    reasoningTokens: output['reasoningTokens'] ?? usage['reasoningTokens'],
    totalTokens: usage['totalTokens'],
    costUsd: costOf(providerMetadata),
  };
  return Object.fromEntries(
    Object.entries(counts).filter(([, count]) => typeof count === 'number'),
  ) as Usage;
}

/** Only providers that sell other providers' models say what a call cost. */
function costOf(providerMetadata: unknown): number | undefined {
  const { gateway, openrouter } = fieldsOf(providerMetadata);
  const cost = fieldsOf(gateway)['cost'] ?? fieldsOf(fieldsOf(openrouter)['usage'])['cost'];
  const usd = typeof cost === 'string' && cost.trim() !== '' ? Number(cost) : cost;
  return typeof usd === 'number' && Number.isFinite(usd) ? usd : undefined;
}
