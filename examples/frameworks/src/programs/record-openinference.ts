/** Prints the spans of an agent and of a retriever on LangChain, as OpenInference's instrumentation makes them. */
import { LangChainInstrumentation } from '@arizeai/openinference-instrumentation-langchain';
import * as CallbackManagerModule from '@langchain/core/callbacks/manager';
import { FakeRetriever } from '@langchain/core/utils/testing';
import { createAgent, tool } from 'langchain';
import { z } from 'zod';
import { ScriptedModel } from './langchain/scripted-model.ts';
import { recordSpans } from './recorded-spans.ts';

const { provider, print } = recordSpans();
new LangChainInstrumentation({ tracerProvider: provider }).manuallyInstrument(
  CallbackManagerModule,
);

const agent = createAgent({
  name: 'forecaster',
  model: new ScriptedModel((messages) =>
    messages.some(({ type }) => type === 'tool')
      ? { says: ['Sunny in ', 'Oslo.'] }
      : { says: ['Let me see.'], calls: { weather: { city: 'Oslo' } } },
  ),
  systemPrompt: 'Answer shortly.',
  tools: [
    tool(async ({ city }: { city: string }) => `sunny in ${city}`, {
      name: 'weather',
      description: 'The weather of a city',
      schema: z.object({ city: z.string() }),
    }),
  ],
});
const config = { configurable: { thread_id: 'chat-7' }, metadata: { user_id: 'ann' } };
await agent.invoke({ messages: [{ role: 'user', content: 'The weather in Oslo?' }] }, config);
await new FakeRetriever({
  output: [{ pageContent: 'It is sunny.', metadata: { source: 'a' } }],
}).invoke('weather', config);
const broken = new ScriptedModel(() => ({ fails: new TypeError('out of order') }));
await broken.invoke('hello', config).catch(() => {});
await print();
