import { dispatchCustomEvent } from '@langchain/core/callbacks/dispatch';
import { AIMessage, ToolMessage, type BaseMessage } from '@langchain/core/messages';
import { StringOutputParser } from '@langchain/core/output_parsers';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { RunnableLambda } from '@langchain/core/runnables';
import { FakeRetriever } from '@langchain/core/utils/testing';
import {
  Command,
  END,
  MemorySaver,
  MessagesAnnotation,
  START,
  StateGraph,
  interrupt,
} from '@langchain/langgraph';
import { SpantailCallbackHandler } from '@spantail/agent/langchain';
import { createAgent, tool, type ReactAgent } from 'langchain';
import { z } from 'zod';
import type { Stage } from '../run-scenario.ts';
import { ScriptedModel, type Answer } from './scripted-model.ts';

interface Surroundings extends Stage {
  callbacks: SpantailCallbackHandler[];
}

const ask = (content: string) => ({ messages: [{ role: 'user', content }] });

/** A message as the program sees it, without the ids that differ each time. */
function told(messages: BaseMessage[]): object[] {
  return messages.map((message) => ({
    type: message.type,
    content: message.content,
    ...(AIMessage.isInstance(message) ? { calls: message.tool_calls } : {}),
  }));
}

async function attempt<T>(step: () => Promise<T>): Promise<T | string> {
  try {
    return await step();
  } catch (error) {
    return String(error);
  }
}

const weather = (look: (city: string) => Promise<string>) =>
  tool(({ city }) => look(city), {
    name: 'weather',
    description: 'The weather of a city',
    schema: z.object({ city: z.string() }),
  });

/** Asks for the tool with the city that it was asked for, then says the words. */
function forecaster(
  look: (city: string) => Promise<string>,
  says: (city: string) => NonNullable<Answer['says']> = (city) => ['Sunny ', `in ${city}.`],
): ReactAgent {
  const model = new ScriptedModel((messages) => {
    const city = messages.find(({ type }) => type === 'human')?.text ?? '';
    return messages.some(({ type }) => type === 'tool')
      ? { says: says(city) }
      : { calls: { weather: { city } } };
  });
  return createAgent({
    name: 'forecaster',
    model,
    tools: [weather(look)],
  });
}

const sunny = async (city: string): Promise<string> => `sunny in ${city}`;

/** Nodes of a graph that hand the conversation on by a tool, as LangGraph's swarm does. */
function swarm() {
  const transfer = tool(
    () =>
      new Command({
        goto: 'expert',
        graph: Command.PARENT,
        update: {
          messages: [
            new ToolMessage({ content: 'transferred', tool_call_id: 'call_transfer_to_expert' }),
          ],
        },
      }),
    { name: 'transfer_to_expert', description: 'Ask the expert', schema: z.object({}) },
  );
  const clerk = createAgent({
    name: 'clerk',
    model: new ScriptedModel(() => ({ calls: { transfer_to_expert: {} } })),
    tools: [transfer],
  });
  const expert = createAgent({
    name: 'expert',
    model: new ScriptedModel(() => ({ says: ['The answer ', 'is 42.'] })),
    tools: [],
  });
  return new StateGraph(MessagesAnnotation)
    .addNode('clerk', clerk.graph as never, { ends: ['expert'] })
    .addNode('expert', expert.graph as never)
    .addEdge(START, 'clerk')
    .addEdge('expert', END)
    .compile({ name: 'swarm' });
}

export const SCENARIOS: Record<string, (around: Surroundings) => Promise<unknown>> = {
  /** A whole run, which stops in its tool, and again between the pieces of the answer. */
  async agent({ callbacks, gate }) {
    const look = async (city: string): Promise<string> => {
      await gate();
      return sunny(city);
    };
    // The options' types leave it out.
    const said = {
      metadata: { user_id: 'user-1', session_id: 'session-1', plan: 'free' },
      tags: ['tried'],
    };
    const stream = await forecaster(look, () => ['It is ', 'sunny ', gate, 'in Rome. 🌞']).stream(
      ask('Rome'),
      {
        callbacks,
        streamMode: 'messages',
        configurable: { thread_id: 'thread-1' },
        ...said,
      },
    );
    const pieces: unknown[] = [];
    for await (const [message] of stream) pieces.push([message.type, message.content]);
    return pieces;
  },

  /** By LangChain's newer stream, in which a model says what it does by events. */
  async events({ callbacks }) {
    const events = await forecaster(sunny).streamEvents(ask('Rome'), { callbacks, version: 'v3' });
    const { messages } = await events.output;
    return told(messages);
  },

  async invoke({ callbacks }) {
    const { messages } = await forecaster(sunny).invoke(ask('Rome'), { callbacks });
    return told(messages);
  },

  async 'side-by-side'({ callbacks }) {
    const agent = forecaster(async (city) => {
      await new Promise((resolve) => setImmediate(resolve));
      return sunny(city);
    });
    return Promise.all(
      ['Rome', 'Oslo', 'Lima'].map(async (city) => {
        const { messages } = await agent.invoke(ask(city), { callbacks, runName: `about ${city}` });
        return told(messages);
      }),
    );
  },

  async 'failing tool'({ callbacks }) {
    const agent = forecaster(async () => {
      throw new RangeError('no such city');
    });
    return attempt(async () => told((await agent.invoke(ask('Atlantis'), { callbacks })).messages));
  },

  async 'failing model'({ callbacks }) {
    const model = new ScriptedModel(() => ({
      says: ['half a '],
      fails: new TypeError('overloaded'),
    }));
    return attempt(async () => {
      const texts: string[] = [];
      for await (const { text } of await model.stream('hello', { callbacks })) texts.push(text);
      return texts;
    });
  },

  async handoff({ callbacks }) {
    const { messages } = await swarm().invoke(ask('What is the answer?'), { callbacks });
    return told(messages);
  },

  async interrupt({ callbacks }) {
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('asks', () => ({
        messages: [new AIMessage(String(interrupt({ question: 'sure?' })))],
      }))
      .addEdge(START, 'asks')
      .addEdge('asks', END)
      .compile({ name: 'careful', checkpointer: new MemorySaver() });
    const config = { callbacks, configurable: { thread_id: 'thread-2' } };
    const asked = await graph.invoke(ask('go'), config);
    const answered = await graph.invoke(new Command({ resume: 'yes' }), config);
    const { __interrupt__ } = asked as { __interrupt__?: { value: unknown }[] };
    return [__interrupt__?.map(({ value }) => value), told(answered.messages)];
  },

  /** Nobody reads on after the first piece. */
  async 'broken off'({ callbacks, gate }) {
    const model = new ScriptedModel(() => ({ says: ['one ', 'two ', 'three'] }));
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('speaks', async () => {
        const messages: BaseMessage[] = [];
        for await (const message of await model.stream('go')) messages.push(message);
        return { messages };
      })
      .addEdge(START, 'speaks')
      .compile({ name: 'talker' });
    const pieces: unknown[] = [];
    const options = { callbacks, streamMode: 'messages' as const };
    for await (const [message] of await graph.stream(ask('go'), options)) {
      pieces.push(message.content);
      break;
    }
    await gate();
    return pieces;
  },

  /** A chain with a retriever, below a span of the program's own. */
  async chain({ callbacks, tracer }) {
    const retriever = new FakeRetriever();
    const chain = RunnableLambda.from(async (question: string) => {
      const documents = await retriever.invoke(question);
      await dispatchCustomEvent('found', { count: documents.length });
      return { question, context: documents.map(({ pageContent }) => pageContent).join() };
    })
      .pipe(ChatPromptTemplate.fromTemplate('{context}: {question}'))
      .pipe(new ScriptedModel(() => ({ says: ['An ', 'answer'] })))
      .pipe(new StringOutputParser());
    return tracer.run('own', () => chain.invoke('why?', { callbacks, runName: 'rag' }));
  },

  /** Two handlers, of which each is told of everything. */
  async twice({ callbacks }) {
    const more = callbacks.map(({ tracer }) => new SpantailCallbackHandler({ tracer }));
    const stream = await forecaster(sunny)
      .withConfig({ callbacks: more })
      .stream(ask('Rome'), { callbacks, streamMode: 'messages' });
    const pieces: unknown[] = [];
    for await (const [message] of stream) pieces.push([message.type, message.content]);
    return pieces;
  },
};
