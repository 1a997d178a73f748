/**
 * An agent on LangChain, which runs on LangGraph, watched live. It runs offline, on LangChain's own
 * fake model; with a real one, only `model` is another.
 *
 *   npx spantail serve
 *   npx spantail watch --next    (in another terminal)
 *   npm run example langchain    (SPANTAIL_URL says where the gateway is)
 */
import { setTimeout } from 'node:timers/promises';
import { AIMessageChunk, type BaseMessage } from '@langchain/core/messages';
import { FakeStreamingChatModel } from '@langchain/core/utils/testing';
import { SpantailCallbackHandler } from '@spantail/agent/langchain';
import { createAgent, tool } from 'langchain';
import { z } from 'zod';

/** Asks for the tool, then says what it has learnt. */
class FakeForecaster extends FakeStreamingChatModel {
  override bindTools(): never {
    return this as never;
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    ...rest: [options: this['ParsedCallOptions'], manager?: never]
  ): ReturnType<FakeStreamingChatModel['_streamResponseChunks']> {
    const isAnswer = messages.at(-1)?.type === 'tool';
    this.chunks = isAnswer
      ? ['It is sunny ', 'in Lisbon, ', 'at 24 °C.'].map((text) => new AIMessageChunk(text))
      : [
          new AIMessageChunk({
            content: '',
            tool_calls: [{ id: 'call_1', name: 'weather', args: { city: 'Lisbon' } }],
          }),
        ];
    for await (const chunk of super._streamResponseChunks(messages, ...rest)) {
      await setTimeout(300);
      yield chunk;
    }
  }
}

const forecast = { celsius: 24, sky: 'sunny' };
const weather = tool(({ city }) => setTimeout(600, JSON.stringify({ city, ...forecast })), {
  name: 'weather',
  description: 'The weather of a city',
  schema: z.object({ city: z.string() }),
});
const agent = createAgent({
  name: 'weather-agent',
  model: new FakeForecaster({ responses: [] }),
  tools: [weather],
});

const spantail = new SpantailCallbackHandler({ service: 'weather-agent' });
const stream = await agent.stream(
  { messages: [{ role: 'user', content: 'What is the weather in Lisbon?' }] },
  { callbacks: [spantail], streamMode: 'messages', configurable: { thread_id: 'holidays' } },
);
for await (const [message] of stream) if (message.type === 'ai') process.stdout.write(message.text);
process.stdout.write('\n');
await spantail.flush();
