import { createClient, type TraceEvent } from '@spantail/client';
import { openLog, type EventLog } from 'spantail';
import { beforeAll, afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventually, startTestGateway } from '../../support/gateway.ts';
import { ObservedLog } from '../../support/observed-log.ts';
import { withFate, type AppendFate } from '../../support/otlp/append-fate.ts';
import { logsBody, spansBody, type PlainSpan } from '../../support/otlp/build.ts';
import { post, type Answer } from '../../support/otlp/post.ts';
import { entriesOf, eventsOf, treeOf, valueOf } from '../../support/otlp/read-log.ts';
import { temporaryLog } from '../../support/otlp/temporary-log.ts';
import { startRedis, type RedisServer } from '../../support/redis-server.ts';

const START = 1_790_000_000_000_000_000n;
let traces = 0;

function newTrace(): string {
  return (++traces).toString(16).padStart(32, 'e');
}

function spanId(index: number): string {
  return (index + 1).toString(16).padStart(16, '0');
}

function span(traceId: string, index: number, rest: Partial<PlainSpan> = {}): PlainSpan {
  return {
    traceId,
    spanId: spanId(index),
    ...(index === 0 ? {} : { parentSpanId: spanId(0) }),
    name: `span ${index}`,
    startNanos: START + BigInt(index) * 1_000n,
    endNanos: START + 9_000_000n,
    attributes: { n: BigInt(index), text: 't'.repeat(700) },
    ...rest,
  };
}

/** Every event that a viewer gets of a run, to its end. */
async function viewed(url: string, traceId: string): Promise<TraceEvent[]> {
  await using client = createClient({ url });
  const events: TraceEvent[] = [];
  for await (const item of client.events(traceId))
    if (item.type === 'open' || item.type === 'update' || item.type === 'close') events.push(item);
  return events;
}

/** Sends until it is taken, as an exporter does. */
async function deliver(url: string, body: Buffer): Promise<Answer> {
  for (;;) {
    const answer = await post(url, 'protobuf', body);
    if (answer.status !== 503) return answer;
  }
}

describe('OTLP that comes again', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  async function redisLog(): Promise<EventLog> {
    const log = await openLog(redis.url, undefined, 600_000);
    onTestFinished(() => log.close());
    return log;
  }

  it('[OT12, OT15] is seen once, from one gateway and from two', async () => {
    const one = await startTestGateway({
      log: await redisLog(),
      tracker: { graceMs: 100, quietMs: 600_000 },
    });
    const two = await startTestGateway({ log: await redisLog() });
    const traceId = newTrace();
    const body = spansBody(
      'protobuf',
      Array.from({ length: 50 }, (_, i) => span(traceId, i)),
    );
    const answers = await Promise.all(
      [one, two, one, two].map(({ url }) => post(url, 'protobuf', body)),
    );
    answers.push(await post(one.url, 'protobuf', body), await post(two.url, 'protobuf', body));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    const events = await viewed(two.url, traceId);
    expect(events).toHaveLength(100);
    expect(new Set(events.map(({ type, spanId }) => type + spanId)).size).toBe(100);
  });

  it('[OT12] waits for the first, while that is in flight, and writes what it could not', async () => {
    const observed = new ObservedLog(await temporaryLog());
    const fates: AppendFate[] = ['fails'];
    const log = withFate(observed.log, () => fates.shift() ?? 'works');
    const { url } = await startTestGateway({ log });
    const traceId = newTrace();
    const body = spansBody('protobuf', [span(traceId, 0), span(traceId, 1)]);
    const answers = await Promise.all([
      post(url, 'protobuf', body),
      post(url, 'protobuf', body),
      post(url, 'protobuf', body),
    ]);
    // One of them met the failure; the others did not rely on it.
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 200, 503]);
    expect(await eventsOf(log, traceId)).toHaveLength(4);
  });

  it('[OT12] is whole when a large request broke off in the middle, at whichever gateway it comes again', async () => {
    const shared = await temporaryLog();
    const fates: AppendFate[] = ['works', 'fails'];
    const one = await startTestGateway({
      log: withFate(shared, () => fates.shift() ?? 'works'),
    });
    const two = await startTestGateway({ log: shared });
    const traceId = newTrace();
    const spans = Array.from({ length: 11_000 }, (_, i) => span(traceId, i, { attributes: {} }));
    const body = spansBody('protobuf', spans);
    expect(await post(one.url, 'protobuf', body)).toMatchObject({ status: 503 });
    // The other gateway knows some of it already, from a smaller request.
    await post(two.url, 'protobuf', spansBody('protobuf', spans.slice(0, 900)));
    expect(await post(two.url, 'protobuf', body)).toMatchObject({ status: 200 });
    const events = await eventsOf(shared, traceId);
    expect(new Set(events.map(({ type, spanId }) => type + spanId)).size).toBe(22_000);
    // Only the smaller request's spans are there under two names.
    expect(events.length).toBeLessThanOrEqual(22_000 + 1_800);
  });

  it('[OT12] writes what failed, when only one of several traces did', async () => {
    const [good, bad] = [newTrace(), newTrace()];
    const fates: AppendFate[] = ['fails', 'lost'];
    const log = withFate(await temporaryLog(), ({ streamId }) =>
      streamId === bad ? (fates.shift() ?? 'works') : 'works',
    );
    const { url } = await startTestGateway({ log });
    const body = spansBody('protobuf', [span(good, 0), span(bad, 0), span(good, 1)]);
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) statuses.push((await post(url, 'protobuf', body)).status);
    expect(statuses).toEqual([503, 503, 200, 200]);
    expect(await eventsOf(log, good)).toHaveLength(4);
    expect(await eventsOf(log, bad)).toHaveLength(2);
  });

  it('[OT12, OT13] joins log records once, whatever the answers', async () => {
    const fates: AppendFate[] = ['lost', 'fails'];
    const log = withFate(await temporaryLog(), () => fates.shift() ?? 'works');
    const [one, two] = [await startTestGateway({ log }), await startTestGateway({ log })];
    const traceId = newTrace();
    const of = (nanos: bigint, eventName: string, content: string) => ({
      traceId,
      spanId: spanId(0),
      nanos: START + nanos,
      eventName,
      body: { content },
    });
    const first = logsBody('protobuf', [
      of(1_000n, 'gen_ai.user.message', 'hello'),
      of(2_000n, 'noted', 'x'),
    ]);
    const signal = 'logs' as const;
    expect(await post(one.url, 'protobuf', first, { signal })).toMatchObject({ status: 503 });
    expect(await post(one.url, 'protobuf', first, { signal })).toMatchObject({ status: 503 });
    for (const { url } of [one, two, one])
      expect(await post(url, 'protobuf', first, { signal })).toMatchObject({ status: 200 });
    expect(await entriesOf(log, traceId)).toHaveLength(1);
    const second = logsBody('protobuf', [of(3_000n, 'gen_ai.choice', 'hi')]);
    for (let i = 0; i < 3; i++)
      expect(await post(one.url, 'protobuf', second, { signal })).toMatchObject({ status: 200 });
    expect(await entriesOf(log, traceId)).toHaveLength(2);
    await post(one.url, 'protobuf', first, { signal });
    expect(await entriesOf(log, traceId)).toHaveLength(2);
    const node = (await treeOf(log, traceId)).get(spanId(0));
    expect(JSON.stringify(await valueOf(log, traceId, node?.input))).toContain('hello');
    expect(JSON.stringify(await valueOf(log, traceId, node?.output))).toContain('hi');
    expect(node?.logs.map(({ message }) => message)).toEqual(['noted']);
  });

  it('[OT12, OT2] goes on when redis was away', async () => {
    const { url, log } = await startTestGateway({ log: await redisLog() });
    const traceId = newTrace();
    await post(url, 'protobuf', spansBody('protobuf', [span(traceId, 1)]));
    redis.pause();
    const body = spansBody('protobuf', [span(traceId, 0), span(traceId, 2)]);
    const refused = await post(url, 'protobuf', body);
    expect(refused).toMatchObject({ status: 503, retryAfter: '1' });
    redis.resume();
    expect(await deliver(url, body)).toMatchObject({ status: 200 });
    await eventually(async () => (await treeOf(log, traceId)).spanCount === 3, 'all is there');
    expect(await eventsOf(log, traceId)).toHaveLength(6);
  });
});
