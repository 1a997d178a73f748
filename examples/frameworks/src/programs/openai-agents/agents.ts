import { Agent, tool, Usage } from '@openai/agents';
import {
  assistantMessage,
  functionCall,
  modelError,
  modelResponse,
  modelStream,
  ScriptedModel,
} from '@openai/agents/testing';
import { z } from 'zod';
import { waitForGo } from '../wait-for-go.ts';

/** What the weather tool does beside its work. */
export const aside: { run?: () => void } = {};

export const WORDS = ['Take ', 'a light ', 'jacket ', '🧥.'];

const weather = tool({
  name: 'weather',
  description: 'The weather in a city',
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => {
    aside.run?.();
    if (city === 'Lisbon') await waitForGo();
    return { city, celsius: 19 };
  },
});

const booking = tool({
  name: 'booking',
  description: 'Books a train',
  parameters: z.object({ train: z.string() }),
  execute: async ({ train }) => {
    throw new TypeError(`no train ${train}`);
  },
});

const usage = (inputTokens: number, outputTokens: number): Usage =>
  new Usage({
    requests: 1,
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    inputTokensDetails: { cached_tokens: 4 },
  });

/** Streams its words, and waits in the middle when it is told to. */
async function* streamedAnswer(waits: boolean) {
  const text = WORDS.join('');
  yield { type: 'response_started' as const };
  for (const [index, delta] of WORDS.entries()) {
    yield { type: 'output_text_delta' as const, delta };
    if (waits && index === 1) await waitForGo();
  }
  yield {
    type: 'response_done' as const,
    response: {
      id: 'resp_3',
      usage: { inputTokens: 30, outputTokens: 7, totalTokens: 37 },
      output: [assistantMessage(text)],
    },
  };
}

/** Two tools at once, one of which fails, then a handoff, then an answer. */
export function tripModel({ city, waits }: { city: string; waits: boolean }): ScriptedModel {
  return new ScriptedModel([
    modelResponse({
      usage: usage(10, 5),
      output: [
        functionCall('weather', { city }, { callId: 'call_1' }),
        functionCall('booking', { train: 'R7' }, { callId: 'call_2' }),
      ],
    }),
    modelResponse({
      usage: usage(20, 6),
      output: [functionCall('transfer_to_Packer', {}, { callId: 'call_3' })],
    }),
    modelStream(streamedAnswer(waits)),
  ]);
}

export function failingModel(): ScriptedModel {
  return new ScriptedModel([modelError(new RangeError('the model is away'))]);
}

export function planner(): Agent {
  const packer = new Agent({ name: 'Packer', instructions: 'Say what to pack.' });
  return new Agent({
    name: 'Planner',
    instructions: 'Look at the weather, then hand off.',
    tools: [weather, booking],
    handoffs: [packer],
  });
}

export function guardedAgent(): Agent {
  return new Agent({
    name: 'Guarded',
    inputGuardrails: [
      {
        name: 'no trips',
        runInParallel: false,
        execute: async () => ({ tripwireTriggered: true, outputInfo: { reason: 'a trip' } }),
      },
    ],
  });
}
