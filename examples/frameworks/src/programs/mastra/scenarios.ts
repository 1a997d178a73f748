import { Mastra } from '@mastra/core';
import { Agent } from '@mastra/core/agent';
import { createTool } from '@mastra/core/tools';
import { createStep, createWorkflow } from '@mastra/core/workflows';
import { Observability } from '@mastra/observability';
import type { SpantailExporter } from '@spantail/agent/mastra';
import { z } from 'zod';
import type { Stage } from '../run-scenario.ts';
import { scriptedModel, type Answer } from './scripted-model.ts';

interface Surroundings extends Stage {
  exporters: SpantailExporter[];
}

async function attempt<T>(step: () => Promise<T>): Promise<T | string> {
  try {
    return await step();
  } catch (error) {
    return String(error);
  }
}

/** Asks for the weather of the city that it was asked for, then says the words. */
function forecaster(
  look: (city: string) => Promise<string>,
  says: (city: string) => NonNullable<Answer['says']> = (city) => [`Sunny in ${city}.`],
  betweenWords?: () => Promise<void>,
): Agent {
  const weather = createTool({
    id: 'weather',
    description: 'The weather of a city',
    inputSchema: z.object({ city: z.string() }),
    execute: ({ city }) => look(city),
  });
  const model = scriptedModel((prompt) => {
    const asked = prompt.find(({ role }) => role === 'user')?.content;
    const city = (asked as { text?: string }[] | undefined)?.[0]?.text ?? '';
    return prompt.some(({ role }) => role === 'tool')
      ? { says: says(city), betweenWords }
      : { calls: { weather: { city } } };
  });
  return new Agent({
    id: 'forecaster',
    name: 'forecaster',
    instructions: 'Be brief.',
    model,
    tools: { weather },
    maxRetries: 0,
  });
}

const sunny = async (city: string): Promise<string> => `sunny in ${city}`;

/** Mastra with these, and with the exporter if there is one: it takes no list without any. */
function mastraOf(
  exporters: SpantailExporter[],
  parts: ConstructorParameters<typeof Mastra>[0],
): Mastra {
  return new Mastra({
    ...parts,
    logger: false,
    ...(exporters.length === 0
      ? {}
      : {
          observability: new Observability({
            configs: { default: { serviceName: 'tested', exporters } },
          }),
        }),
  });
}

function agentOf(exporters: SpantailExporter[], agent: Agent): Agent {
  return mastraOf(exporters, { agents: { agent } }).getAgent('agent');
}

export const SCENARIOS: Record<string, (around: Surroundings) => Promise<unknown>> = {
  /** A whole run, which stops in its tool, and again between the blocks of the answer. */
  async agent({ exporters, gate }) {
    const look = async (city: string): Promise<string> => {
      await gate();
      return sunny(city);
    };
    const agent = agentOf(
      exporters,
      forecaster(look, () => ['It is sunny ', gate, 'in Rome. 🌞']),
    );
    const { textStream, usage } = await agent.stream('Rome', {
      tracingOptions: {
        metadata: { userId: 'user-1', sessionId: 'session-1', plan: 'free' },
        tags: ['tried'],
      },
    });
    const pieces: string[] = [];
    for await (const piece of textStream) pieces.push(piece);
    return [pieces, await usage];
  },

  async generate({ exporters }) {
    const { text, usage } = await agentOf(exporters, forecaster(sunny)).generate('Rome');
    return [text, usage];
  },

  async 'side-by-side'({ exporters }) {
    const agent = agentOf(
      exporters,
      forecaster(async (city) => {
        await new Promise((resolve) => setImmediate(resolve));
        return sunny(city);
      }),
    );
    return Promise.all(
      ['Rome', 'Oslo', 'Lima'].map(async (city) => (await agent.generate(city)).text),
    );
  },

  async 'failing tool'({ exporters }) {
    const agent = agentOf(
      exporters,
      forecaster(async () => {
        throw new RangeError('no such city');
      }),
    );
    return attempt(async () => (await agent.generate('Atlantis')).text);
  },

  async 'failing model'({ exporters }) {
    const agent = new Agent({
      id: 'poor',
      name: 'poor',
      instructions: '',
      model: scriptedModel(() => ({ says: ['half a '], fails: new TypeError('overloaded') })),
      maxRetries: 0,
    });
    return attempt(async () => (await agentOf(exporters, agent).generate('hello')).text);
  },

  /** A workflow of a step, an agent and a step that fails. */
  async workflow({ exporters }) {
    const text = z.object({ text: z.string() });
    const first = createStep({
      id: 'first',
      inputSchema: text,
      outputSchema: z.object({ prompt: z.string() }),
      execute: async ({ inputData }) => ({ prompt: inputData.text }),
    });
    const last = createStep({
      id: 'last',
      inputSchema: text,
      outputSchema: text,
      execute: async () => {
        throw new RangeError('too short');
      },
    });
    const workflow = createWorkflow({ id: 'letter', inputSchema: text, outputSchema: text })
      .then(first)
      .then(createStep(forecaster(sunny)))
      .then(last)
      .commit();
    const mastra = mastraOf(exporters, { workflows: { letter: workflow } });
    const run = await mastra.getWorkflow('letter').createRun();
    const result = await run.start({ inputData: { text: 'Rome' } });
    return [result.status, result.status === 'failed' ? String(result.error) : undefined];
  },

  /** Aborted while it speaks. */
  async 'broken off'({ exporters, gate }) {
    const abort = new AbortController();
    const stop = async (): Promise<void> => abort.abort();
    const agent = agentOf(
      exporters,
      forecaster(sunny, () => ['It is ', stop, 'never said']),
    );
    const pieces: string[] = [];
    const error = await attempt(async () => {
      const { textStream } = await agent.stream('Rome', { abortSignal: abort.signal });
      for await (const piece of textStream) pieces.push(piece);
      return 'ended';
    });
    await gate();
    return [pieces, error];
  },

  /** Words as they come, of two runs at once, each stopped between its words. */
  async pieces({ exporters, gate }) {
    const [exporter] = exporters;
    const agent = agentOf(
      exporters,
      forecaster(sunny, (city) => [`It is ${city} `, `and so on.`], gate),
    );
    return Promise.all(
      ['Rome', 'Oslo'].map(async (city) => {
        const { textStream } = await agent.stream(
          city,
          exporter === undefined ? {} : { onChunk: exporter.onChunk },
        );
        const pieces: string[] = [];
        for await (const piece of textStream) pieces.push(piece);
        return pieces;
      }),
    );
  },

  /** Below a span of the program's own. */
  async below({ exporters, tracer }) {
    const agent = agentOf(exporters, forecaster(sunny));
    return tracer.run('own', async () => (await agent.generate('Rome')).text);
  },

  /** Below a span of another process. */
  async elsewhere({ exporters }) {
    const { text } = await agentOf(exporters, forecaster(sunny)).generate('Rome', {
      tracingOptions: { traceId: 'ab'.repeat(16), parentSpanId: 'cd'.repeat(8) },
    });
    return text;
  },
};
