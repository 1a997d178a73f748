import { SpantailTelemetry } from '@spantail/agent/ai-sdk';
import { describe, expect, it } from 'vitest';
import { observeStream } from '../../../agent/src/ai-sdk/observe-stream.ts';
import { makeTracer } from '../../support/agent/make-tracer.ts';

function listen(): { heard: string[]; observer: Parameters<typeof observeStream<number>>[1] } {
  const heard: string[] = [];
  const observer = {
    part: (part: number) => void heard.push(`part ${part}`),
    end: () => void heard.push('end'),
    fail: (error: unknown) => void heard.push(`fail ${String(error)}`),
    cancel: (reason: unknown) => void heard.push(`cancel ${String(reason)}`),
  };
  return { heard, observer };
}

function source(
  parts: number,
  failure?: Error,
): { stream: ReadableStream<number>; log: unknown[] } {
  const log: unknown[] = [];
  let at = 0;
  const stream = new ReadableStream<number>(
    {
      pull: (controller) => {
        log.push(at);
        if (at < parts) controller.enqueue(at++);
        else if (failure === undefined) controller.close();
        else controller.error(failure);
      },
      cancel: (reason) => void log.push(reason),
    },
    { highWaterMark: 0 },
  );
  return { stream, log };
}

describe('a stream that is heard', () => {
  it('[FA1] is read when its reader reads, and no further', async () => {
    const { stream, log } = source(9);
    const { heard, observer } = listen();
    const reader = observeStream(stream, observer).getReader();
    await new Promise((resolve) => setImmediate(resolve));
    expect(log).toEqual([]);
    await reader.read();
    await reader.read();
    await new Promise((resolve) => setImmediate(resolve));
    expect(log).toEqual([0, 1]);
    expect(heard).toEqual(['part 0', 'part 1']);
  });

  it('[FA1] ends and fails as it does, with the same error', async () => {
    const failure = new Error('cut');
    const { heard, observer } = listen();
    const parts: number[] = [];
    for await (const part of observeStream(source(2).stream, observer)) parts.push(part);
    expect(parts).toEqual([0, 1]);
    const failing = observeStream(source(1, failure).stream, observer).getReader();
    await failing.read();
    await expect(failing.read()).rejects.toBe(failure);
    expect(heard).toEqual(['part 0', 'part 1', 'end', 'part 0', 'fail Error: cut']);
  });

  it('[FA1] hands on that its reader has gone', async () => {
    const { stream, log } = source(9);
    const { heard, observer } = listen();
    await observeStream(stream, observer).cancel('enough');
    expect([log, heard]).toEqual([['enough'], ['cancel enough']]);
  });
});

describe('an answer of a model', () => {
  const streaming = { type: 'text-delta', delta: 'Hi' };

  it('[FA1] is the same object afterwards, and is left alone where nobody is to hear it', async () => {
    const { tracer } = makeTracer();
    const telemetry = new SpantailTelemetry({ tracer });
    telemetry.onStart({ callId: 'a', operationId: 'ai.streamText' });
    const answer = { stream: new ReadableStream(), request: { body: {} } };
    const given = Object.freeze({ ...answer });
    for (const result of [answer, given, 'text', undefined]) {
      const execute = async (): Promise<unknown> => result;
      expect(await telemetry.executeLanguageModelCall({ callId: 'a', execute })).toBe(result);
      expect(await telemetry.executeLanguageModelCall({ callId: '?', execute })).toBe(result);
    }
  });

  it('[FA6] whose reader goes away closes its call', async () => {
    const { tracer, tree } = makeTracer();
    const telemetry = new SpantailTelemetry({ tracer });
    telemetry.onStart({ callId: 'a', operationId: 'ai.streamText' });
    telemetry.onStepStart({ callId: 'a', stepNumber: 0 });
    const stream = new ReadableStream({ pull: (controller) => controller.enqueue(streaming) });
    const answer = await telemetry.executeLanguageModelCall({
      callId: 'a',
      execute: async () => ({ stream }),
    });
    const reader = answer.stream.getReader();
    expect(await reader.read()).toEqual({ done: false, value: streaming });
    await reader.cancel();
    const spans = [...(await tree()).walk()].map(({ span }) => span);
    expect(spans).toHaveLength(3);
    expect(spans.map(({ state, error }) => [state, error?.type])).toEqual(
      spans.map(() => ['closed', 'AbortError']),
    );
    expect(spans[2]?.outputText).toBe('Hi');
  });
});
