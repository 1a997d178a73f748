import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import {
  SpantailError,
  encodeEvent,
  encodeIngestRequest,
  type TraceEvent,
} from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { batchOf } from '../../support/ingest.ts';
import { connect } from '../../support/client/connect.ts';
import { eventually, startTestGateway } from '../../support/gateway.ts';
import { entriesOf, eventsOf, postJson, treeOf } from '../../support/ingest-json.ts';
import { startObservedGateway } from '../../support/observed-gateway.ts';

const TRACE = 'ab'.repeat(16);
const OTHER = 'cd'.repeat(16);
const SPAN = '1'.repeat(16);

function open(rest: object = {}): object {
  return { type: 'open', traceId: TRACE, spanId: SPAN, name: 'step one', ...rest };
}

function event(): TraceEvent {
  return { type: 'update', spanId: SPAN, seq: 0 };
}

function digits(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

describe('publishing JSON', () => {
  it('[IJ1] takes an event, an array, a map around events, and an event a line', async () => {
    const gateway = await startTestGateway();
    const events = [
      open({ startUs: 1 }),
      { type: 'close', traceId: TRACE, spanId: SPAN, endUs: 2 },
    ];
    const line = events.map((event) => JSON.stringify(event)).join('\n');
    const bodies: [unknown, string, number][] = [
      [events[0], 'application/json', 1],
      [events, 'application/json; charset=utf-8', 2],
      [{ events }, 'Application/JSON', 2],
      [
        { traceId: TRACE, events: events.map((event) => ({ ...event, traceId: undefined })) },
        'application/json',
        2,
      ],
      [`\uFEFF${line}\r\n\n`, 'application/x-ndjson', 2],
      [JSON.stringify(events[0]), 'application/jsonl', 1],
    ];
    let seen = 0;
    for (const [body, type, count] of bodies) {
      // A field of its own, so that none is a duplicate.
      const text = (typeof body === 'string' ? body : JSON.stringify(body)).replaceAll(
        TRACE,
        (++seen).toString(16).padStart(32, 'a'),
      );
      const answer = await postJson(gateway.url, text, { 'content-type': type });
      expect(answer, type).toMatchObject({
        status: 200,
        body: { results: [{ outcome: 'appended' }] },
      });
      const [result] = answer.body.results ?? [];
      expect(await eventsOf(gateway.log, result?.traceId ?? ''), type).toEqual(
        [
          { type: 'open', spanId: SPAN, name: 'step one', spanType: 'step', startUs: 1 },
          { type: 'close', spanId: SPAN, endUs: 2, status: 'ok' },
        ].slice(0, count),
      );
    }
    expect(await postJson(gateway.url, [])).toMatchObject({ status: 200, body: { results: [] } });
  });

  it('[IJ1] refuses other contents with 415, and says what to send', async () => {
    const gateway = await startTestGateway();
    const form = await postJson(gateway.url, open(), {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(form.status).toBe(415);
    expect(form.body.detail).toMatch(
      /x-www-form-urlencoded.*with curl -H 'content-type: application\/json'$/,
    );
    for (const type of ['text/plain', 'text/json', 'x'])
      expect((await postJson(gateway.url, open(), { 'content-type': type })).status).toBe(415);
    // Nowhere else is JSON taken.
    const leases = await fetch(`${gateway.url}/api/v1/leases`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(leases.status).toBe(400);
  });

  it('[IJ1, IJ9] takes gzip, unpacks no more than a request may have, and no other coding', async () => {
    const gateway = await startTestGateway();
    const post = (body: string | Uint8Array, coding: string) =>
      postJson(gateway.url, body, { 'content-encoding': coding });
    expect((await post(gzipSync(JSON.stringify(open())), 'gzip')).status).toBe(200);
    expect(await eventsOf(gateway.log, TRACE)).toHaveLength(1);
    const bomb = gzipSync(Buffer.alloc(40_000_000, ' '));
    expect(bomb.byteLength).toBeLessThan(100_000);
    const large = await post(bomb, 'gzip');
    expect(large).toMatchObject({ status: 413, body: { code: 'TOO_LARGE' } });
    expect(large.body.detail).toContain('33554432');
    const plain = await post(JSON.stringify(open()), 'gzip');
    expect(plain).toMatchObject({ status: 400, body: { code: 'BATCH_INVALID' } });
    const coded = await post(JSON.stringify(open()), 'br');
    expect(coded).toMatchObject({ status: 415, body: { detail: expect.stringContaining('"br"') } });
    const batch = batchOf({ traceId: OTHER, events: [encodeEvent(event())] });
    const packed = await fetch(`${gateway.url}/api/v1/ingest`, {
      method: 'POST',
      headers: { 'content-type': 'application/msgpack', 'content-encoding': 'gzip' },
      body: gzipSync(encodeIngestRequest({ producer: 'p', batches: [batch] })),
    });
    expect(packed.status).toBe(200);
    expect(await eventsOf(gateway.log, OTHER)).toEqual([event()]);
  });

  it('[WS6, WS8] a page of a foreign origin cannot publish, with or without a preflight', async () => {
    const gateway = await startTestGateway();
    const headers = { origin: 'https://evil.example' };
    expect((await postJson(gateway.url, open(), headers)).status).toBe(403);
    const simple = { ...headers, 'content-type': 'text/plain' };
    expect((await postJson(gateway.url, open(), simple)).status).toBe(403);
    expect(await eventsOf(gateway.log, TRACE)).toEqual([]);
  });

  it('[IJ2] takes ids as hex, as UUID and by name, and tells them', async () => {
    const gateway = await startTestGateway();
    const uuid = '550E8400-E29B-41D4-A716-446655440000';
    const cases: [string, string][] = [
      [TRACE.toUpperCase(), TRACE],
      [uuid, '550e8400e29b41d4a716446655440000'],
      ['nightly 42', digits('nightly 42', 32)],
      ['__proto__', digits('__proto__', 32)],
      ['é'.repeat(256), digits('é'.repeat(256), 32)],
      [SPAN, digits(SPAN, 32)],
    ];
    for (const [given, traceId] of cases) {
      const { status, body } = await postJson(gateway.url, [
        open({ traceId: given, spanId: '__proto__' }),
        open({ traceId: given, spanId: 'tool', parentSpanId: '__proto__' }),
        open({ traceId: given, spanId: SPAN, links: [{ traceId: 'nightly 41', spanId: 'tool' }] }),
      ]);
      expect(status).toBe(200);
      const root = digits('__proto__', 16);
      const tool = digits('tool', 16);
      expect(body.results).toMatchObject([{ traceId, outcome: 'appended' }]);
      expect(Object.entries(body.results?.[0]?.spanIds ?? {})).toEqual([
        ['__proto__', root],
        ['tool', tool],
      ]);
      expect(await eventsOf(gateway.log, traceId)).toMatchObject([
        { spanId: root },
        { spanId: tool, parentSpanId: root },
        { spanId: SPAN, links: [{ traceId: digits('nightly 41', 32), spanId: tool }] },
      ]);
    }
  });

  it('[IJ3] fills in what is absent, and makes payloads of values', async () => {
    const gateway = await startTestGateway();
    const beforeUs = Date.now() * 1_000;
    const messages = Array.from({ length: 40 }, (_, i) => ({
      role: 'user',
      content: `${i} `.repeat(400),
    }));
    const { status } = await postJson(gateway.url, {
      traceId: TRACE,
      events: [
        {
          type: 'open',
          spanId: SPAN,
          parentSpanId: null,
          name: 'a \ud800',
          input: messages,
          logs: ['hi'],
        },
        {
          type: 'update',
          spanId: SPAN,
          attributes: { n: 1, deep: { list: [null, 'x'] } },
          input: null,
        },
        {
          type: 'close',
          spanId: SPAN,
          error: 'it broke',
          output: { rows: 17 },
          usage: { inputTokens: 3 },
        },
        { type: 'open', spanId: 'b', name: 'b', startTime: '2026-11-26T15:00:00.123456+01:00' },
        {
          type: 'close',
          spanId: 'b',
          endTime: '2026-11-26 14:00:01Z',
          error: { message: 'no', stack: 's' },
          status: 'ok',
        },
        {
          type: 'open',
          spanId: 'c',
          name: 'c',
          logs: [{ message: 'm', level: 'warn', time: '2026-11-26T14:00:00.5Z' }],
        },
        { type: 'close', spanId: 'c', output: 'a text' },
      ],
    });
    expect(status).toBe(200);
    const [first, , close, , , second] = await eventsOf(gateway.log, TRACE);
    expect(first).toMatchObject({ name: 'a \ufffd', logs: [{ message: 'hi' }] });
    const nowUs = Date.now() * 1_000;
    for (const timeUs of [
      (first as { startUs: number }).startUs,
      (close as { endUs: number }).endUs,
    ]) {
      expect(timeUs).toBeGreaterThanOrEqual(beforeUs);
      expect(timeUs).toBeLessThanOrEqual(nowUs);
    }
    expect(second).toMatchObject({ logs: [{ timeUs: 1_795_701_600_500_000, level: 'warn' }] });
    const tree = await treeOf(gateway.log, TRACE);
    expect(tree.get(SPAN)).toMatchObject({
      state: 'closed',
      status: 'error',
      error: { type: 'error', message: 'it broke' },
      attributes: { n: 1, deep: { list: [null, 'x'] } },
      usage: { inputTokens: 3 },
    });
    expect(tree.get(digits('b', 16))).toMatchObject({
      startUs: 1_795_701_600_123_456,
      endUs: 1_795_701_601_000_000,
      status: 'ok',
      error: { type: 'error', message: 'no', stack: 's' },
    });
    const run = connect(gateway).watch(TRACE);
    await eventually(() => run.status === 'live', 'it is live');
    const values = await Promise.all(
      [SPAN, digits('c', 16)].map(async (id) => {
        const span = run.tree.get(id);
        return [await span?.input?.load(), await span?.output?.load()];
      }),
    );
    expect(values).toEqual([
      [messages, { rows: 17 }],
      [undefined, 'a text'],
    ]);
  });

  it('[IJ4] names what is wrong; it costs its own run, and the others go in', async () => {
    const gateway = await startTestGateway();
    const close = { type: 'close', traceId: TRACE, spanId: SPAN };
    const update = { type: 'update', traceId: TRACE, spanId: SPAN };
    const cases: [unknown, RegExp][] = [
      [5, /^events\[1\]\.traceId is missing/],
      [null, /^events\[1\]\.traceId is missing/],
      [{ ...update, traceId: undefined }, /^events\[1\]\.traceId is missing/],
      [{ ...update, traceId: 7 }, /^events\[1\]\.traceId is not text/],
      [{ ...update, traceId: '' }, /^events\[1\]\.traceId is empty/],
      [{ ...update, traceId: '0'.repeat(32) }, /^events\[1\]\.traceId is all zeros/],
      [{ ...update, traceId: 'x'.repeat(257) }, /^events\[1\]\.traceId is longer than 256/],
      [{ traceId: TRACE, spanId: SPAN }, /^events\[1\]\.type is not one of open, update, close/],
      [{ ...update, type: 'toString' }, /^events\[1\]\.type is not one of/],
      [{ ...update, spanId: undefined }, /^events\[1\]\.spanId is missing/],
      [{ ...close, endUs: 1.5 }, /^events\[1\]\.endUs is not an integer from 0/],
      [{ ...close, endUs: '5' }, /^events\[1\]\.endUs is not an integer/],
      [
        { ...close, endTime: '2026-11-26T14:00:00' },
        /^events\[1\]\.endTime is not a time with its zone/,
      ],
      [{ ...close, endTime: '2026-02-30T14:00:00Z' }, /^events\[1\]\.endTime is not a time/],
      [{ ...close, endTime: '1969-12-31T23:59:59Z' }, /^events\[1\]\.endTime is not a time/],
      [{ ...close, endTime: 5 }, /^events\[1\]\.endTime is not a time/],
      [
        { ...close, endUs: 5, endTime: '2026-11-26T14:00:00Z' },
        /^events\[1\]\.endTime is there beside endUs/,
      ],
      [{ ...close, status: 'good' }, /^events\[1\]\.status is not one of unset, ok, error/],
      [{ ...close, error: 5 }, /^events\[1\]\.error is not a map/],
      [
        { ...close, usage: { inputTokens: -1 } },
        /^events\[1\]\.usage\.inputTokens is not an integer/,
      ],
      [open({ name: undefined }), /^events\[1\]\.name is missing/],
      [open({ spanType: 'llm' }), /^events\[1\]\.spanType is not one of agent, model/],
      [
        open({ parent: 'x' }),
        /^events\[1\]\.parent is not a field of open events; did you mean "parentSpanId"/,
      ],
      [open({ atributes: {} }), /did you mean "attributes"/],
      [open({ ['__proto__x']: 1 }), /^events\[1\]\.__proto__x is not a field/],
      [open({ attributes: 5 }), /^events\[1\]\.attributes is not a map/],
      [open({ links: 5 }), /^events\[1\]\.links is not an array/],
      [open({ links: [5] }), /^events\[1\]\.links\[0\] is not a map/],
      [open({ links: [{ traceId: 'x' }] }), /^events\[1\]\.links\[0\]\.spanId is not/],
      [open({ logs: [{ message: 5 }] }), /^events\[1\]\.logs\[0\]\.message is not text/],
      [open({ logs: [{ text: 'x' }] }), /^events\[1\]\.logs\[0\]\.text is not a field of logs/],
      [{ ...update, seq: -1 }, /^events\[1\]\.seq is not an integer/],
      [{ ...update, outputDelta: 5 }, /^events\[1\]\.outputDelta is not text/],
    ];
    let taken = 0;
    for (const [wrong, message] of cases) {
      const good = { type: 'update', traceId: OTHER, spanId: SPAN, seq: taken };
      const { status, body } = await postJson(gateway.url, [good, wrong, good]);
      expect({ status, code: body.code }, String(message)).toEqual({
        status: 400,
        code: 'EVENT_INVALID',
      });
      expect(body.detail).toMatch(message);
      expect(body.results).toMatchObject([
        { traceId: OTHER, outcome: 'appended' },
        { outcome: 'refused', code: 'EVENT_INVALID', message: body.detail, retry: false },
      ]);
      expect(await entriesOf(gateway.log, OTHER)).toHaveLength(++taken);
    }
    expect(await entriesOf(gateway.log, TRACE)).toEqual([]);

    const requests: [unknown, RegExp, string?][] = [
      ['', /^the body is not JSON/],
      ['{"type":', /^the body is not JSON/],
      ['5', /^the body is neither an event nor an array/],
      ['null', /^the body is neither/],
      [Uint8Array.of(0x22, 0xff, 0x22), /^the body is not UTF-8/],
      ['{}\n{', /^line 2 is not JSON/, 'application/x-ndjson'],
      [{ events: 5 }, /^events is not an array/],
      [{ events: [], trace: 'x' }, /^trace is not a field beside events; did you mean "traceId"/],
      [{ events: [], traceId: 5 }, /^traceId is not text/],
      [{ events: [], producer: 'p' }, /^producer and number go together/],
      [{ events: [], producer: 'a b', number: 1 }, /^producer is not 1 to 64/],
      [{ events: [], producer: 'p', number: 0 }, /^number is not an integer from 1/],
      [{ events: [], leaseMs: 3_600_001 }, /^leaseMs is not an integer from 1 to 3600000/],
      [{ events: [], fin: 'yes' }, /^fin is not true or false/],
    ];
    for (const [body, message, type = 'application/json'] of requests) {
      const answer = await postJson(gateway.url, body, { 'content-type': type });
      expect(answer.status, String(message)).toBe(400);
      expect(answer.body.detail).toMatch(message);
    }
  });

  it('[IJ4, IJ9] answers 503 and 429 with Retry-After, and 400 before what may come again', async () => {
    const { url, observed } = await startObservedGateway({ maxInFlightBytes: 500 });
    observed.before = (method) => {
      if (method === 'append') throw new SpantailError('LOG_UNAVAILABLE', 'not now');
    };
    const away = await postJson(url, open());
    expect(away).toMatchObject({ status: 503, retryAfter: '1', body: { code: 'LOG_UNAVAILABLE' } });
    expect(away.body.results).toMatchObject([{ traceId: TRACE, outcome: 'refused', retry: true }]);
    const both = await postJson(url, [open(), open({ traceId: OTHER, name: 5 })]);
    expect(both).toMatchObject({ status: 400, retryAfter: null });
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let arrived = (): void => {};
    const writing = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    observed.before = (method) => {
      if (method !== 'append') return undefined;
      arrived();
      return held;
    };
    const first = postJson(url, open({ input: 'x'.repeat(300) }));
    await writing;
    expect(await postJson(url, open({ input: 'y'.repeat(300) }))).toMatchObject({
      status: 429,
      retryAfter: '1',
      body: { code: 'OVERLOADED' },
    });
    release();
    expect((await first).status).toBe(200);
  });

  it('[IJ9] keeps to the limits, before anything is made of a body', async () => {
    const gateway = await startTestGateway();
    const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    const withField = (key: string, json: string): string =>
      `{"type":"open","traceId":"${TRACE}","spanId":"${SPAN}","name":"n","${key}":${json}}`;
    const cases: [string, string, number, RegExp][] = [
      ['values', `[${'[],'.repeat(600_000)}[]]`, 413, /values, more than the limit of 1048576/],
      ['levels', nested(10_000), 400, /nested deeper than 512 levels/],
      [
        'levels of attributes',
        withField('attributes', `{"a":${nested(100)}}`),
        400,
        /nested deeper than 64/,
      ],
      [
        'an event',
        withField('attributes', `{"a":"${'x'.repeat(1_100_000)}"}`),
        413,
        /^event: .* bytes without input/,
      ],
      [
        'a name',
        withField('revision', `1,"name":"${'x'.repeat(1_025)}"`),
        400,
        /longer than 1024 characters/,
      ],
      [
        'a part',
        withField('input', `"${'x'.repeat(16_777_217)}"`),
        413,
        /^event\.input: a part of/,
      ],
      [
        'events',
        JSON.stringify({
          traceId: TRACE,
          events: Array.from({ length: 10_001 }, () => ({ type: 'update', spanId: 'x', seq: 0 })),
        }),
        413,
        /10001 events here/,
      ],
      [
        'bytes of events',
        JSON.stringify({
          traceId: TRACE,
          events: Array.from({ length: 5 }, (_, seq) => ({
            type: 'update',
            spanId: 'x',
            seq,
            outputDelta: 'x'.repeat(900_000),
          })),
        }),
        413,
        /bytes of events here/,
      ],
      ['the request', `"${'x'.repeat(33_554_432)}"`, 413, /./],
    ];
    for (const [what, body, status, message] of cases) {
      const answer = await postJson(gateway.url, body);
      expect({ what, status: answer.status }).toEqual({ what, status });
      expect(answer.body.detail, what).toMatch(message);
    }
    expect(await entriesOf(gateway.log, TRACE)).toEqual([]);
    // What only looks deep or long is neither.
    const quoted = `"${'\\\\\\"[{,'.repeat(300_000)}"`;
    expect((await postJson(gateway.url, withField('input', quoted))).status).toBe(200);
    const deep = await postJson(gateway.url, withField('input', nested(400)));
    expect(deep.status).toBe(200);
  });
});
