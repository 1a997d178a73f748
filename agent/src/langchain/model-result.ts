import type { Usage } from '@spantail/protocol';
import type { LangChainMessage, LangChainResult, LangChainStreamEvent } from './callback-types.ts';
import { readableMessage, textOfBlock, textOfContent } from './readable.ts';

/** What a model has said: its text where that is all, else the message; a list of candidates. */
export function toModelOutput({ generations = [] }: LangChainResult): unknown {
  const outputs = generations.flat().map((generation) => {
    const { message, text } = generation ?? {};
    return message === undefined ? text : messageOutput(message);
  });
  return outputs.length > 1 ? outputs : outputs[0];
}

function messageOutput(message: LangChainMessage): unknown {
  const { role: _role, content: _content, name: _name, ...rest } = readableMessage(message);
  const { text, isAll } = textOfContent(message.content);
  return isAll && Object.keys(rest).length === 0 ? text : readableMessage(message);
}

/** Token counts, from the message or from where older models have them. */
export function toModelUsage({ generations = [], llmOutput = {} }: LangChainResult): Usage {
  const usage = generations[0]?.[0]?.message?.usage_metadata;
  if (usage !== undefined) {
    const input = recordOf(usage['input_token_details']);
    const output = recordOf(usage['output_token_details']);
    return {
      ...count('inputTokens', usage['input_tokens']),
      ...count('outputTokens', usage['output_tokens']),
      ...count('totalTokens', usage['total_tokens']),
      ...count('cachedInputTokens', input['cache_read']),
      ...count('reasoningTokens', output['reasoning']),
    };
  }
  const older = recordOf(llmOutput['tokenUsage'] ?? llmOutput['estimatedTokenUsage']);
  return {
    ...count('inputTokens', older['promptTokens']),
    ...count('outputTokens', older['completionTokens']),
    ...count('totalTokens', older['totalTokens']),
  };
}

export function toResponseAttributes({ generations = [] }: LangChainResult): object {
  const message = generations[0]?.[0]?.message;
  const about = message?.response_metadata ?? {};
  const model = about['model_name'] ?? about['model'];
  const reason = about['finish_reason'] ?? about['stop_reason'];
  return {
    ...(typeof model === 'string' ? { 'gen_ai.response.model': model } : {}),
    ...(typeof reason === 'string' ? { 'gen_ai.response.finish_reasons': [reason] } : {}),
    ...(message?.id === undefined ? {} : { 'gen_ai.response.id': message.id }),
  };
}

/** Text of `handleLLMNewToken`: some models pass a message's blocks where the types say text. */
export function textOfToken(token: unknown): string {
  return textOfContent(token).text;
}

/** Text of `handleChatModelStreamEvent`; a block may have some when it begins. */
export function textOfStreamEvent({ event, content, delta }: LangChainStreamEvent): string {
  if (event === 'content-block-start') return textOfBlock(content) ?? '';
  if (event === 'content-block-delta') return textOfBlock(delta) ?? '';
  return '';
}

function count(key: keyof Usage, value: unknown): Usage {
  return typeof value === 'number' ? { [key]: value } : {};
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
