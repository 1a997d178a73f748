import { describe, expect, it } from 'vitest';
import { MessageBlocks } from '../../../agent/src/claude-agent-sdk/message-blocks.ts';
import { readUsage } from '../../../agent/src/claude-agent-sdk/usage.ts';

const start = (index: number, block: object) => ({
  type: 'content_block_start',
  index,
  content_block: block,
});
const delta = (index: number, piece: object) => ({
  type: 'content_block_delta',
  index,
  delta: piece,
});

describe('a message of Claude', () => {
  it('[FA3] is the text that was streamed, when it is nothing but text', () => {
    const blocks = new MessageBlocks();
    const pieces = [
      start(0, { type: 'text', text: '' }),
      delta(0, { type: 'text_delta', text: 'Hel' }),
      delta(0, { type: 'text_delta', text: 'lo' }),
    ].map((event) => blocks.see(event));
    expect(pieces.join('')).toBe('Hello');
    expect(blocks.output).toBe('Hello');
  });

  it('[FA3] is its blocks otherwise, with arguments put together, or as far as they came', () => {
    const blocks = new MessageBlocks();
    for (const event of [
      start(0, { type: 'thinking', thinking: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'hm' }),
      start(1, { type: 'tool_use', id: 'a', name: 'Read', input: {} }),
      delta(1, { type: 'input_json_delta', partial_json: '{"path":' }),
      delta(1, { type: 'input_json_delta', partial_json: '"x"}' }),
      start(2, { type: 'tool_use', id: 'b', name: 'Bash', input: {} }),
      delta(2, { type: 'input_json_delta', partial_json: '{"comm' }),
      delta(7, { type: 'text_delta', text: 'of no block' }),
    ])
      expect(blocks.see(event)).toBe('');
    expect(blocks.output).toEqual([
      { type: 'thinking', thinking: 'hm' },
      { type: 'tool_use', id: 'a', name: 'Read', input: { path: 'x' } },
      { type: 'tool_use', id: 'b', name: 'Bash', input: '{"comm' },
    ]);
  });

  it('[FA4] counts cached tokens among the input', () => {
    expect(
      readUsage({
        input_tokens: 3,
        cache_read_input_tokens: 90,
        cache_creation_input_tokens: 7,
        output_tokens: 11,
      }),
    ).toEqual({ inputTokens: 100, cachedInputTokens: 90, outputTokens: 11 });
    expect(readUsage({ output_tokens: 11 })).toEqual({ outputTokens: 11 });
    expect(readUsage({ input_tokens: 'many' })).toEqual({});
  });
});
