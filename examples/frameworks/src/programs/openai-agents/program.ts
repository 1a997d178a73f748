/** Runs of the OpenAI Agents SDK, for tests: `program.ts <mode>`, with `ADAPTER=off` without Spantail. */
import {
  Agent,
  addTraceProcessor,
  OpenAIProvider,
  Runner,
  setTraceProcessors,
  withTrace,
  type ModelProvider,
} from '@openai/agents';
import { createTracer, type Tracer } from '@spantail/agent';
import { SpantailTracingProcessor } from '@spantail/agent/openai-agents';
import { outcome, unhandled } from '../wait-for-go.ts';
import { aside, failingModel, guardedAgent, planner, tripModel } from './agents.ts';
import { offlineClient } from './openai-api.ts';

const [mode = ''] = process.argv.slice(2);
const isOn = process.env['ADAPTER'] !== 'off';
const tracer: Tracer | undefined =
  mode === 'active' ? createTracer({ url: process.env['SPANTAIL_URL'] }) : undefined;
const spantail = isOn
  ? new SpantailTracingProcessor(tracer === undefined ? {} : { tracer })
  : undefined;
if (spantail !== undefined)
  if (process.env['ALONE'] === 'yes') setTraceProcessors([spantail]);
  else addTraceProcessor(spantail);

aside.run = () => spantail?.activeSpan?.startSpan('looks it up').end();

const traced = (provider: ModelProvider): ModelProvider =>
  process.env['ADAPTER'] === 'plain' ? provider : (spantail?.traceModels(provider) ?? provider);

async function trip(city: string, waits = false, groupId = `trip-${city}`): Promise<unknown> {
  const model = tripModel({ city, waits });
  const runner = new Runner({
    modelProvider: traced({ getModel: () => model }),
    groupId,
    traceMetadata: { userId: 'ada', tier: 'gold', city },
  });
  // The scripted model only streams what is asked for as a stream: two turns are plain responses.
  const result = await runner.run(planner(), `A trip to ${city}`, { stream: true });
  const words: string[] = [];
  for await (const event of result)
    if (event.type === 'raw_model_stream_event' && event.data.type === 'output_text_delta')
      words.push(event.data.delta);
  await result.completed;
  return { output: result.finalOutput, words, requests: result.state.usage.requests };
}

async function openai(useResponses: boolean, stream: boolean, input = 'Hi'): Promise<unknown> {
  const provider = new OpenAIProvider({ openAIClient: offlineClient(), useResponses });
  const runner = new Runner({ modelProvider: traced(provider), workflowName: `${useResponses}` });
  const agent = new Agent({ name: 'Greeter', model: 'gpt-offline' });
  if (!stream) return (await runner.run(agent, input)).finalOutput;
  const result = await runner.run(agent, input, { stream: true });
  const words: string[] = [];
  for await (const text of result.toTextStream()) words.push(text);
  await result.completed;
  return words;
}

async function brokenOff(): Promise<unknown> {
  const model = tripModel({ city: 'Rome', waits: false });
  const runner = new Runner({ modelProvider: traced({ getModel: () => model }) });
  const stop = new AbortController();
  const options = { stream: true, signal: stop.signal } as const;
  const result = await runner.run(planner(), 'A trip', options);
  for await (const event of result)
    if (event.type === 'raw_model_stream_event' && event.data.type === 'output_text_delta') {
      stop.abort();
      break;
    }
  await result.completed.catch(() => {});
  return { cancelled: result.cancelled };
}

const failing = (): Promise<unknown> =>
  new Runner({ modelProvider: traced({ getModel: failingModel }) }).run(planner(), 'Hi');

const MODES: Record<string, () => Promise<unknown>> = {
  trip: () => trip('Lisbon', true),
  three: () => Promise.all(['Rome', 'Oslo', 'Bern'].map((city) => trip(city))),
  tripwire: () =>
    new Runner({ modelProvider: traced({ getModel: failingModel }) }).run(guardedAgent(), 'Hi'),
  failing,
  'failing in a trace': () => withTrace('two tries', () => failing()),
  'broken off': brokenOff,
  responses: () => openai(true, false),
  'responses stream': () => openai(true, true),
  chat: () => openai(false, false),
  'chat stream': () => openai(false, true),
  'openai fails': () => openai(true, true, 'make it fail'),
  active: () => tracer?.run('outer', () => trip('Rome')) ?? trip('Rome'),
};

const told = await outcome(MODES[mode] ?? (() => Promise.reject(new Error(`no mode ${mode}`))));
if (process.env['SHUTDOWN'] !== 'none') await spantail?.shutdown();
await tracer?.shutdown();
console.log(JSON.stringify({ told, unhandled }));
