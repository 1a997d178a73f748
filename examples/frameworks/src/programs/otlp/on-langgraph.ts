import { LangChainInstrumentation } from '@arizeai/openinference-instrumentation-langchain';
import * as CallbackManagerModule from '@langchain/core/callbacks/manager';
import { HumanMessage } from '@langchain/core/messages';
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { ToolNode } from '@langchain/langgraph/prebuilt';
import type { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { tool } from 'langchain';
import { z } from 'zod';
import { ScriptedModel } from '../langchain/scripted-model.ts';

export async function runOnLangGraph(provider: NodeTracerProvider): Promise<void> {
  new LangChainInstrumentation({ tracerProvider: provider }).manuallyInstrument(
    CallbackManagerModule,
  );
  const model = new ScriptedModel((messages) =>
    messages.some(({ type }) => type === 'tool')
      ? { says: ['Sunny in ', 'Oslo.'] }
      : { says: ['Let me see.'], calls: { weather: { city: 'Oslo' } } },
  );
  const weather = tool(async ({ city }) => `sunny in ${city}`, {
    name: 'weather',
    description: 'The weather of a city',
    schema: z.object({ city: z.string() }),
  });
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('think', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
    .addNode('tools', new ToolNode([weather]))
    .addEdge(START, 'think')
    .addConditionalEdges('think', ({ messages }) => {
      const last = messages.at(-1) as { tool_calls?: unknown[] } | undefined;
      return (last?.tool_calls ?? []).length > 0 ? 'tools' : END;
    })
    .addEdge('tools', 'think')
    .compile({ name: 'forecaster' });
  await graph.invoke({ messages: [new HumanMessage('The weather in Oslo?')] });
}
