import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { startTestGateway } from '../../support/gateway.ts';
import { ObservedLog } from '../../support/observed-log.ts';
import { withFate, type AppendFate } from '../../support/otlp/append-fate.ts';
import { spansBody, tracesBody, type Encoding, type PlainSpan } from '../../support/otlp/build.ts';
import { post } from '../../support/otlp/post.ts';
import { entriesOf, eventsOf, treeOf } from '../../support/otlp/read-log.ts';
import { temporaryLog } from '../../support/otlp/temporary-log.ts';

const TRACE = 'a1'.repeat(16);
const START = 1_790_000_000_123_456_789n;
const ENCODINGS: Encoding[] = ['protobuf', 'json'];

function span(digit: string, rest: Partial<PlainSpan> = {}): PlainSpan {
  return {
    traceId: TRACE,
    spanId: digit.repeat(16),
    name: `span ${digit}`,
    startNanos: START,
    endNanos: START + 5_000_999n,
    ...rest,
  };
}

const MEDIA_TYPE = { protobuf: 'application/x-protobuf', json: 'application/json' };

describe.each(ENCODINGS)('OTLP over HTTP in %s', (encoding) => {
  it.each([false, true])('[OT1, OT6] takes spans, with gzip: %s', async (gzip) => {
    const { url, log } = await startTestGateway();
    const answer = await post(url, encoding, spansBody(encoding, [span('1')]), { gzip });
    expect(answer).toMatchObject({ status: 200, rejected: 0, message: '' });
    expect(answer.mediaType).toMatch(MEDIA_TYPE[encoding]);
    expect(await eventsOf(log, TRACE)).toMatchObject([
      { type: 'open', name: 'span 1', startUs: 1_790_000_000_123_456 },
      { type: 'close', endUs: 1_790_000_000_128_457, status: 'unset' },
    ]);
  });

  it('[OT1] takes an empty request', async () => {
    const { url } = await startTestGateway();
    const empty = [
      Buffer.alloc(0),
      tracesBody(encoding, []),
      tracesBody(encoding, [{ scopes: [] }]),
    ];
    for (const body of empty)
      for (const signal of ['traces', 'logs'] as const)
        expect(await post(url, encoding, body, { signal })).toMatchObject({
          status: 200,
          rejected: 0,
        });
  });

  it('[OT1, OT2] refuses what it cannot read, in the encoding that it came in', async () => {
    const { url, log } = await startTestGateway();
    const whole = spansBody(encoding, [span('1')]);
    const bad: [number, Buffer, Record<string, string>?][] = [
      [400, whole.subarray(0, whole.length - 3)],
      [400, Buffer.from(encoding === 'json' ? '[1]' : [0x0a, 0xff])],
      [400, whole, { 'content-encoding': 'gzip' }],
      [400, gzipSync(whole).subarray(0, 30), { 'content-encoding': 'gzip' }],
      [415, whole, { 'content-encoding': 'br' }],
      [413, gzipSync(Buffer.alloc(64 * 1024 * 1024 + 1)), { 'content-encoding': 'gzip' }],
      [413, Buffer.alloc(64 * 1024 * 1024 + 1)],
    ];
    for (const [status, body, headers = {}] of bad) {
      const answer = await post(url, encoding, body, { headers });
      expect(answer.status).toBe(status);
      expect(answer.mediaType).toMatch(MEDIA_TYPE[encoding]);
      expect(answer.message).not.toBe('');
      expect(answer.code).toBe(status === 413 ? 8 : 3);
      expect(answer.retryAfter).toBeNull();
    }
    expect(await entriesOf(log, TRACE)).toEqual([]);
    expect(await post(url, encoding, whole)).toMatchObject({ status: 200 });
  });

  it('[OT2] refuses with 429 and Retry-After when too much is being written', async () => {
    const observed = new ObservedLog(await temporaryLog());
    const { url, log } = await startTestGateway({ log: observed.log, maxInFlightBytes: 100 });
    let goOn = (): void => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const reached = new Promise<void>((resolve) => {
      observed.before = (method) => {
        if (method !== 'append') return;
        resolve();
        return held;
      };
    });
    const first = post(url, encoding, spansBody(encoding, [span('1')]));
    await reached;
    const second = await post(url, encoding, spansBody(encoding, [span('2')]), { gzip: true });
    expect(second).toMatchObject({ status: 429, retryAfter: '1' });
    goOn();
    expect(await first).toMatchObject({ status: 200 });
    expect(await post(url, encoding, spansBody(encoding, [span('2')]))).toMatchObject({
      status: 200,
    });
    expect((await treeOf(log, TRACE)).roots).toHaveLength(2);
  });

  it('[OT2, OT12] refuses with 503 while the log is away, and writes it once when it is back', async () => {
    const fates: AppendFate[] = ['fails', 'lost'];
    const { url, log } = await startTestGateway({
      log: withFate(await temporaryLog(), () => fates.shift() ?? 'works'),
    });
    const body = spansBody(encoding, [span('1'), span('2', { parentSpanId: '1'.repeat(16) })]);
    for (let i = 0; i < 2; i++)
      expect(await post(url, encoding, body)).toMatchObject({ status: 503, retryAfter: '1' });
    expect(await post(url, encoding, body)).toMatchObject({ status: 200 });
    expect(await eventsOf(log, TRACE)).toHaveLength(4);
    expect(await entriesOf(log, TRACE)).toHaveLength(1);
  });

  it('[OT3] a broken span costs only itself, and is named', async () => {
    const { url, log } = await startTestGateway();
    const answer = await post(
      url,
      encoding,
      spansBody(encoding, [
        span('1'),
        span('2', { traceId: '0'.repeat(32), name: 'of no trace' }),
        span('3', { spanId: '0'.repeat(16), name: 'nobody' }),
        span('4', { parentSpanId: 'abcd' }),
        span('5', { startNanos: 2n ** 64n - 1n }),
        span('6'),
      ]),
    );
    expect(answer).toMatchObject({ status: 200, rejected: 4 });
    expect(answer.message).toContain('span "of no trace" (2222222222222222): traceId');
    expect(answer.message).toContain('span "nobody"');
    const tree = await treeOf(log, TRACE);
    expect(tree.roots.map(({ name }) => name)).toEqual(['span 1', 'span 6']);
  });

  it('[OT3] what the log refuses for good costs only the trace that it is of', async () => {
    const other = 'b2'.repeat(16);
    const { url, log } = await startTestGateway({
      log: withFate(await temporaryLog(), ({ streamId }) =>
        streamId === TRACE ? 'refused' : 'works',
      ),
    });
    const answer = await post(
      url,
      encoding,
      spansBody(encoding, [span('1'), span('2'), span('3', { traceId: other })]),
    );
    expect(answer).toMatchObject({ status: 200, rejected: 2 });
    expect(answer.message).toContain(TRACE);
    expect(await eventsOf(log, other)).toHaveLength(2);
  });

  it('[OT6, OT7] spans of several processes, in any order, make one tree', async () => {
    const { url, log } = await startTestGateway();
    const at = (digit: string, parent: string | undefined, rest: Partial<PlainSpan> = {}) =>
      span(digit, { ...(parent && { parentSpanId: parent.repeat(16) }), ...rest });
    const remote = 0x300;
    const local = 0x100;
    const requests: [string, PlainSpan[]][] = [
      ['b', [at('5', '4', { flags: local }), at('4', '2', { flags: remote, kind: 2 })]],
      ['a', [at('3', '2', { flags: local })]],
      ['c', [at('6', '2', { kind: 2 })]],
      ['a', [at('2', '1', { flags: local })]],
      ['a', [at('1', undefined)]],
    ];
    for (const [service, spans] of requests) {
      const body = spansBody(encoding, spans, { 'service.name': service });
      expect(await post(url, encoding, body)).toMatchObject({ status: 200, rejected: 0 });
    }
    const tree = await treeOf(log, TRACE);
    const root = tree.roots[0];
    expect(tree.roots).toHaveLength(1);
    expect(root?.children[0]?.children.map(({ name }) => name)).toEqual([
      'span 4',
      'span 3',
      'span 6',
    ]);
    const services = [...tree.walk()]
      .map(({ span }) => `${span.name}: ${JSON.stringify(span.attributes['service.name'])}`)
      .filter((line) => !line.endsWith('undefined'));
    expect(new Set(services)).toEqual(new Set(['span 1: "a"', 'span 4: "b"', 'span 6: "c"']));
  });

  it('[OT17] what is too large is cut, and counted', async () => {
    const { url, log } = await startTestGateway();
    const answer = await post(
      url,
      encoding,
      spansBody(encoding, [
        span('1', { name: 'n'.repeat(5_000), attributes: { large: 'x'.repeat(2_000_000) } }),
      ]),
    );
    expect(answer).toMatchObject({ status: 200, rejected: 0 });
    const tree = await treeOf(log, TRACE);
    expect(tree.roots[0]?.name.length).toBeLessThanOrEqual(1_024);
    expect(tree.dropped.payloads).toBeGreaterThan(0);
    expect(tree.roots[0]?.state).toBe('closed');
  });

  it('[OT18] takes 20,000 spans of one trace, and 2,000 traces, in a request', async () => {
    const { url, log } = await startTestGateway();
    const ids = Array.from({ length: 20_000 }, (_, i) => (i + 1).toString(16).padStart(16, '0'));
    const many = ids.map((spanId) => span('1', { spanId }));
    expect(await post(url, encoding, spansBody(encoding, many))).toMatchObject({ status: 200 });
    const events = await eventsOf(log, TRACE);
    expect(new Set(events.map(({ spanId }) => spanId)).size).toBe(20_000);
    expect(events).toHaveLength(40_000);
    const traces = ids.slice(0, 2_000).map((id) => `${id}${id}`);
    const wide = traces.map((traceId) => span('1', { traceId }));
    expect(await post(url, encoding, spansBody(encoding, wide))).toMatchObject({ status: 200 });
    for (const traceId of [traces[0], traces[999], traces[1_999]])
      expect(await eventsOf(log, traceId ?? '')).toHaveLength(2);
    // All of it is known when it comes again.
    expect(await post(url, encoding, spansBody(encoding, many))).toMatchObject({ status: 200 });
    expect(await eventsOf(log, TRACE)).toHaveLength(40_000);
  });
});

describe('OTLP over HTTP', () => {
  it('[OT2] refuses other content types, and says what it takes', async () => {
    const { url } = await startTestGateway();
    for (const type of ['text/plain', 'application/msgpack', 'nonsense', '']) {
      const reply = await fetch(`${url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: Buffer.from('x'),
      });
      expect([type, reply.status]).toEqual([type, 415]);
      expect(await reply.json()).toMatchObject({ code: 3 });
    }
    const metrics = await fetch(`${url}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(metrics.status).toBe(404);
    expect(await metrics.text()).toContain('OTEL_METRICS_EXPORTER');
  });

  it('[OT1, WS7] answers what is in flight when the gateway stops', async () => {
    const observed = new ObservedLog(await temporaryLog());
    const { gateway, url } = await startTestGateway({ log: observed.log });
    let goOn = (): void => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const reached = new Promise<void>((resolve) => {
      observed.before = (method) => {
        if (method !== 'append') return;
        resolve();
        return held;
      };
    });
    const answer = post(url, 'protobuf', spansBody('protobuf', [span('1')]));
    await reached;
    const closed = gateway.close();
    goOn();
    expect(await answer).toMatchObject({ status: 200 });
    await closed;
    expect(await eventsOf(observed.log, TRACE)).toHaveLength(2);
  });

  it('[WS6, WS8] is guarded like any other route', async () => {
    const { url, log } = await startTestGateway();
    const headers = { origin: 'https://elsewhere.example' };
    const reply = await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: spansBody('json', [span('1')]),
    });
    expect(reply.status).toBe(403);
    expect(await entriesOf(log, TRACE)).toEqual([]);
  });
});
