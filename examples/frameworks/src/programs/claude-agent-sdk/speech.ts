import type { FakeCli } from './fake-cli.ts';

export interface Block {
  type: 'text' | 'tool_use';
  text?: string;
  id?: string;
  name?: string;
  input?: object;
}

const START = { input_tokens: 3, cache_read_input_tokens: 90, cache_creation_input_tokens: 7 };

/** Whether the SDK asked for the pieces of messages. */
const HAS_PIECES = process.argv.includes('--include-partial-messages');

/** A message of the model: its stream, and each of its blocks whole. */
export async function modelSays(
  cli: FakeCli,
  id: string,
  blocks: Block[],
  parent: string | null = null,
  pieces: { words?: string[]; halfway?: () => Promise<void> } = {},
): Promise<void> {
  const message = { id, type: 'message', role: 'assistant', model: 'claude-fake-1', content: [] };
  const event = (body: object): void => {
    if (HAS_PIECES) cli.say({ type: 'stream_event', event: body, parent_tool_use_id: parent });
  };
  event({ type: 'message_start', message: { ...message, usage: { ...START, output_tokens: 1 } } });
  for (const [index, block] of blocks.entries()) {
    const empty = block.type === 'text' ? { ...block, text: '' } : { ...block, input: {} };
    event({ type: 'content_block_start', index, content_block: empty });
    const words = pieces.words ?? [block.text ?? ''];
    if (block.type === 'text')
      for (const [at, text] of words.entries()) {
        event({ type: 'content_block_delta', index, delta: { type: 'text_delta', text } });
        if (at === 0) await pieces.halfway?.();
      }
    else {
      const partial_json = JSON.stringify(block.input);
      event({
        type: 'content_block_delta',
        index,
        delta: { type: 'input_json_delta', partial_json },
      });
    }
    cli.say({
      type: 'assistant',
      message: { ...message, content: [block], usage: { ...START, output_tokens: 1 } },
      parent_tool_use_id: parent,
    });
    event({ type: 'content_block_stop', index });
  }
  event({
    type: 'message_delta',
    delta: { stop_reason: 'end_turn' },
    usage: { output_tokens: 11 },
  });
  event({ type: 'message_stop' });
}

export function answer(
  cli: FakeCli,
  id: string,
  words: string[],
  { parent = null, halfway }: { parent?: string | null; halfway?: () => Promise<void> } = {},
): Promise<void> {
  const pieces = { words, ...(halfway === undefined ? {} : { halfway }) };
  return modelSays(cli, id, [{ type: 'text', text: words.join('') }], parent, pieces);
}

export function toolResult(
  cli: FakeCli,
  toolUseId: string,
  content: string,
  { isError = false, parent = null }: { isError?: boolean; parent?: string | null } = {},
): void {
  const block = { type: 'tool_result', tool_use_id: toolUseId, content, is_error: isError };
  cli.say({
    type: 'user',
    message: { role: 'user', content: [block] },
    parent_tool_use_id: parent,
  });
}

export function denied(cli: FakeCli, toolUseId: string, name: string): void {
  cli.say({
    type: 'system',
    subtype: 'permission_denied',
    tool_name: name,
    tool_use_id: toolUseId,
    message: 'not allowed here',
  });
  toolResult(cli, toolUseId, 'not allowed here', { isError: true });
}

export function result(cli: FakeCli, text: string, denials: object[] = []): void {
  cli.say({
    type: 'result',
    subtype: 'success',
    is_error: false,
    result: text,
    num_turns: 3,
    duration_ms: 5,
    duration_api_ms: 4,
    stop_reason: 'end_turn',
    total_cost_usd: 0.0125,
    usage: { input_tokens: 15, output_tokens: 55 },
    modelUsage: { 'claude-fake-1': { inputTokens: 15, outputTokens: 55, costUSD: 0.0125 } },
    permission_denials: denials,
  });
}
