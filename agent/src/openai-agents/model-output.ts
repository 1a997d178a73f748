import { isRecord } from './usage.ts';

/**
 * What a model call gave, from the items of its response: plain text when there is nothing but text,
 * so that it is what was streamed, else the items as they are.
 */
export function modelOutput(items: unknown): unknown {
  if (!Array.isArray(items)) return items;
  let text = '';
  for (const item of items as unknown[]) {
    if (isSilent(item)) continue;
    const piece = textOf(item);
    if (piece === undefined) return items;
    text += piece;
  }
  return text === '' ? items : text;
}

/** Reasoning whose content the model keeps to itself. */
function isSilent(item: unknown): boolean {
  if (!isRecord(item) || item['type'] !== 'reasoning') return false;
  return [item['content'], item['summary'], item['rawContent']].every(
    (part) => part === undefined || part === null || (Array.isArray(part) && part.length === 0),
  );
}

function textOf(item: unknown): string | undefined {
  if (!isRecord(item) || item['role'] !== 'assistant') return undefined;
  const { content } = item;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  let text = '';
  for (const part of content as unknown[]) {
    if (!isRecord(part) || part['type'] !== 'output_text' || typeof part['text'] !== 'string')
      return undefined;
    text += part['text'];
  }
  return text;
}

/** The message of a chat completion, as plain text when it has nothing else. */
export function completionOutput(completions: unknown): unknown {
  const first: unknown = Array.isArray(completions) ? completions[0] : undefined;
  const choices = isRecord(first) ? first['choices'] : undefined;
  const choice: unknown = Array.isArray(choices) && choices.length === 1 ? choices[0] : undefined;
  const message = isRecord(choice) ? choice['message'] : undefined;
  if (!isRecord(message)) return modelOutput(completions);
  const { content, tool_calls: calls, refusal, audio } = message;
  const isPlain = typeof content === 'string' && content !== '' && !refusal && !audio;
  return isPlain && (!Array.isArray(calls) || calls.length === 0) ? content : message;
}
