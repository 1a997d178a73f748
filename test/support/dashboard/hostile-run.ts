import type { Publisher } from '@spantail/agent';
import { newSpanId, newTraceId, type TraceId } from '@spantail/protocol';
import { randomBytes } from 'node:crypto';
import { messagesOf } from './hostile-messages.ts';

const TYPES = ['model', 'tool', 'agent', 'handoff', 'retrieval'] as const;

/**
 * Publishes a run that has one of the texts wherever an agent can put one: a span for each text, and
 * in the root, which the list of runs shows, the first. It fails; a span of it stays open.
 */
export async function publishHostileRun(
  publisher: Publisher,
  texts: readonly string[],
): Promise<TraceId> {
  const traceId = newTraceId(randomBytes);
  const root = newSpanId(randomBytes);
  const startUs = Date.now() * 1_000;
  const [first = ''] = texts;
  publisher.publish(traceId, {
    type: 'open',
    spanId: root,
    name: first,
    spanType: 'agent',
    startUs,
    attributes: attributesOf(first),
    ...payloadOf(publisher, traceId, 'input', messagesOf(first)),
  });
  for (const [index, text] of texts.entries()) {
    const spanId = newSpanId(randomBytes);
    publisher.publish(traceId, {
      type: 'open',
      spanId,
      parentSpanId: root,
      name: text,
      spanType: TYPES[index % TYPES.length] ?? 'step',
      startUs: startUs + index,
      attributes: attributesOf(text),
      ...payloadOf(publisher, traceId, 'input', messagesOf(text)),
      links: [{ traceId, spanId: root, attributes: { [text]: text } }],
    });
    publisher.publish(traceId, {
      type: 'update',
      spanId,
      seq: 0,
      outputDelta: text,
      logs: [{ timeUs: startUs, message: text, level: 'warn', attributes: { [text]: text } }],
    });
    if (index === 0) continue;
    publisher.publish(traceId, {
      type: 'close',
      spanId,
      endUs: startUs + index + 5_000,
      status: index % 2 === 0 ? 'ok' : 'error',
      ...(index % 2 === 0 ? {} : { error: { type: text, message: text, stack: text } }),
      ...payloadOf(publisher, traceId, 'output', index % 3 === 0 ? messagesOf(text) : text),
      usage: { inputTokens: 10, outputTokens: 20 },
    });
  }
  publisher.publish(traceId, {
    type: 'close',
    spanId: root,
    endUs: startUs + 100_000,
    status: 'error',
    error: { type: first, message: first },
    ...payloadOf(publisher, traceId, 'output', first),
  });
  await publisher.flush();
  return traceId;
}

function payloadOf<K extends 'input' | 'output'>(
  publisher: Publisher,
  traceId: TraceId,
  key: K,
  value: unknown,
): Partial<Record<K, ReturnType<Publisher['payload']>>> {
  return { [key]: publisher.payload(traceId, value) } as Partial<
    Record<K, ReturnType<Publisher['payload']>>
  >;
}

function attributesOf(text: string): Record<string, string> {
  return {
    [text]: text,
    'service.name': text,
    'gen_ai.agent.name': text,
    'gen_ai.request.model': text,
    'gen_ai.tool.name': text,
    'session.id': text,
    'user.id': text,
    tags: text,
  };
}
