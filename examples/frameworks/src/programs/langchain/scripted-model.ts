import type { CallbackManagerForLLMRun } from '@langchain/core/callbacks/manager';
import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessageChunk, type BaseMessage } from '@langchain/core/messages';
import { ChatGenerationChunk, type ChatResult } from '@langchain/core/outputs';

export interface Answer {
  /** Pieces of text; where one is a function, it is awaited. */
  says?: (string | (() => Promise<void>))[];
  calls?: Record<string, object>;
  fails?: Error;
}

/** Answers as it is told to, in pieces when it is asked to stream. */
export class ScriptedModel extends BaseChatModel {
  readonly #answer: (messages: BaseMessage[]) => Answer;

  constructor(answer: (messages: BaseMessage[]) => Answer) {
    super({});
    this.#answer = answer;
  }

  override _llmType(): string {
    return 'scripted';
  }

  override bindTools(): never {
    return this as never;
  }

  override getLsParams(): never {
    return { ls_model_type: 'chat', ls_provider: 'test', ls_model_name: 'scripted-1' } as never;
  }

  override async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    let whole: ChatGenerationChunk | undefined;
    for await (const chunk of this.#chunks(messages)) whole = whole?.concat(chunk) ?? chunk;
    if (whole === undefined) throw new Error('nothing to say');
    return { generations: [whole] };
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    _options: this['ParsedCallOptions'],
    manager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    for await (const chunk of this.#chunks(messages)) {
      yield chunk;
      await manager?.handleLLMNewToken(chunk.text, undefined, undefined, undefined, undefined, {
        chunk,
      });
    }
  }

  async *#chunks(messages: BaseMessage[]): AsyncGenerator<ChatGenerationChunk> {
    const { says = [], calls = {}, fails } = this.#answer(messages);
    for (const piece of says) {
      if (typeof piece === 'string') yield chunkOf(piece, new AIMessageChunk(piece));
      else await piece();
    }
    if (fails !== undefined) throw fails;
    const fields: object = {
      content: '',
      tool_call_chunks: Object.entries(calls).map(([name, args], index) => ({
        type: 'tool_call_chunk',
        index,
        id: `call_${name}`,
        name,
        args: JSON.stringify(args),
      })),
      usage_metadata: {
        input_tokens: 12,
        output_tokens: 5,
        total_tokens: 17,
        input_token_details: { cache_read: 3 },
        output_token_details: { reasoning: 2 },
      },
      response_metadata: { model_name: 'scripted-1-2026', finish_reason: 'stop' },
    };
    const last = new AIMessageChunk(fields);
    yield chunkOf('', last);
  }
}

function chunkOf(text: string, message: AIMessageChunk): ChatGenerationChunk {
  return new ChatGenerationChunk({ text, message });
}
