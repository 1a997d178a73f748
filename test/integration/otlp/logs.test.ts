import { describe, expect, it } from 'vitest';
import { startTestGateway } from '../../support/gateway.ts';
import { logsBody, spansBody, type Encoding, type PlainRecord } from '../../support/otlp/build.ts';
import { post } from '../../support/otlp/post.ts';
import { eventsOf, treeOf, valueOf } from '../../support/otlp/read-log.ts';
import { bytesField, deepValue, requestAround } from '../../support/otlp/wire.ts';

const TRACE = 'a4'.repeat(16);
const SPAN = '1'.repeat(16);
const START = 1_790_000_000_000_000_000n;
const US = Number(START / 1_000n);

const CHAT = {
  traceId: TRACE,
  spanId: SPAN,
  name: 'chat small',
  startNanos: START,
  endNanos: START + 9_000_000n,
  attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'small' },
};

function record(rest: Partial<PlainRecord>): PlainRecord {
  return { traceId: TRACE, spanId: SPAN, nanos: START + 1_000n, ...rest };
}

describe.each(['protobuf', 'json'] as Encoding[])('log records of spans in %s', (encoding) => {
  const logs = { signal: 'logs' as const };

  it.each(['before', 'behind'])(
    '[OT13] joins contents that come as one record %s the span',
    async (when) => {
      const { url, log } = await startTestGateway();
      const details = logsBody(encoding, [
        record({
          eventName: 'gen_ai.client.inference.operation.details',
          attributes: {
            'gen_ai.input.messages': [
              { role: 'user', parts: [{ type: 'text', content: 'how are you?' }] },
            ],
            'gen_ai.output.messages': [
              { role: 'assistant', parts: [{ type: 'text', content: 'fine' }] },
            ],
            'gen_ai.request.temperature': 0.5,
          },
        }),
      ]);
      if (when === 'before') await post(url, encoding, details, logs);
      await post(url, encoding, spansBody(encoding, [CHAT]));
      if (when === 'behind') await post(url, encoding, details, logs);
      const tree = await treeOf(log, TRACE);
      const [node] = tree.roots;
      expect(node).toMatchObject({ name: 'chat small', spanType: 'model', state: 'closed' });
      expect(await valueOf(log, TRACE, node?.input)).toEqual([
        { role: 'user', parts: [{ type: 'text', content: 'how are you?' }] },
      ]);
      expect(JSON.stringify(await valueOf(log, TRACE, node?.output))).toContain('fine');
    },
  );

  it('[OT13] joins messages that come as one record each, in several requests', async () => {
    const { url, log } = await startTestGateway();
    const message = (name: string, nanos: bigint, body: Record<string, string>) =>
      record({ attributes: { 'event.name': name }, nanos: START + nanos, body });
    await post(url, encoding, spansBody(encoding, [CHAT]));
    await post(
      url,
      encoding,
      logsBody(encoding, [
        message('gen_ai.system.message', 1_000n, { content: 'be short' }),
        message('gen_ai.user.message', 2_000n, { content: 'how are you?' }),
      ]),
      logs,
    );
    const choice = message('gen_ai.choice', 4_000n, { finish_reason: 'stop' });
    await post(url, encoding, logsBody(encoding, [choice]), logs);
    await post(
      url,
      encoding,
      logsBody(encoding, [message('gen_ai.user.message', 3_000n, { content: 'well?' })]),
      logs,
    );
    const [node] = (await treeOf(log, TRACE)).roots;
    const input = JSON.stringify(await valueOf(log, TRACE, node?.input));
    expect(input).toMatch(/be short.*how are you\?.*well\?/);
    expect(input.match(/be short/g)).toHaveLength(1);
    expect(JSON.stringify(await valueOf(log, TRACE, node?.output))).toContain('stop');
  });

  it('[OT13] makes lines of all others, in order, with their level', async () => {
    const { url, log } = await startTestGateway();
    const later = record({
      nanos: START + 5_000n,
      eventName: 'gen_ai.client.operation.exception',
      attributes: { 'exception.type': 'TypeError', 'exception.message': 'no such thing' },
    });
    await post(url, encoding, logsBody(encoding, [later]), logs);
    const lines = [
      record({ body: 'plain text', severity: 13 }),
      record({ eventName: 'gen_ai.evaluation.result', attributes: { score: 1n } }),
      record({ nanos: START + 2_000n, body: { a: 1n }, severity: 5 }),
    ];
    await post(url, encoding, logsBody(encoding, lines), logs);
    await post(url, encoding, spansBody(encoding, [CHAT]));
    const [node] = (await treeOf(log, TRACE)).roots;
    expect(node?.logs).toMatchObject([
      { timeUs: US + 1, message: 'plain text', level: 'warn' },
      { timeUs: US + 1, message: 'gen_ai.evaluation.result', attributes: { score: 1 } },
      { timeUs: US + 2, level: 'debug', attributes: { a: 1 } },
      { timeUs: US + 5, message: 'TypeError: no such thing', level: 'error' },
    ]);
  });

  it('[OT13] keeps lines of one microsecond that come in several requests', async () => {
    const { url, log } = await startTestGateway();
    for (const text of ['one', 'two', 'three'])
      await post(url, encoding, logsBody(encoding, [record({ body: text })]), logs);
    const node = (await treeOf(log, TRACE)).get(SPAN);
    expect(node?.logs.map(({ message }) => message)).toEqual(['one', 'two', 'three']);
  });

  it('[OT13, OT17] keeps many long lines, which are more than an event takes', async () => {
    const { url, log } = await startTestGateway();
    const lines = Array.from({ length: 300 }, (_, i) =>
      record({ nanos: START + BigInt(i) * 1_000n, body: `${i} ${'x'.repeat(10_000)}` }),
    );
    lines.push(record({ nanos: START + 999_000n, body: 'y'.repeat(2_000_000) }));
    await post(url, encoding, logsBody(encoding, lines), logs);
    const tree = await treeOf(log, TRACE);
    const messages = tree.get(SPAN)?.logs.map(({ message }) => Number.parseInt(message)) ?? [];
    expect(messages.slice(0, 300)).toEqual(Array.from({ length: 300 }, (_, i) => i));
    expect(messages).toHaveLength(301);
    expect(tree.dropped.payloads).toBe(0);
  });

  it('[OT3, OT13] leaves records of no span, and a broken one costs only itself', async () => {
    const { url, log } = await startTestGateway();
    const sound = logsBody(encoding, [
      record({ traceId: '0'.repeat(32), spanId: '' }),
      record({ body: 'sound' }),
    ]);
    const answer = await post(url, encoding, withDeepOne(encoding, sound), logs);
    expect(answer).toMatchObject({ status: 200, rejected: 1 });
    expect(answer.message).toContain('nested deeper');
    expect(await eventsOf(log, TRACE)).toHaveLength(1);
  });
});

/** A record with too deep a body, beside the others. */
function withDeepOne(encoding: Encoding, others: Buffer): Buffer {
  if (encoding === 'protobuf') {
    const ids = [
      bytesField(9, Buffer.from(TRACE, 'hex')),
      bytesField(10, Buffer.from(SPAN, 'hex')),
    ];
    const deep = Buffer.concat([...ids, bytesField(5, deepValue(60))]);
    return Buffer.concat([requestAround([deep]), others]);
  }
  let body: PlainRecord['body'] = 'bottom';
  for (let i = 0; i < 60; i++) body = [body];
  const { resourceLogs } = JSON.parse(others.toString()) as { resourceLogs: unknown[] };
  const deep = JSON.parse(logsBody('json', [record({ body })]).toString()) as {
    resourceLogs: unknown[];
  };
  return Buffer.from(JSON.stringify({ resourceLogs: [...deep.resourceLogs, ...resourceLogs] }));
}
