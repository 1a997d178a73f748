import {
  isWellFormed,
  type OpenEvent,
  type TraceEvent,
  type UpdateEvent,
} from '@spantail/protocol';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UpdateBuffer, type SpanChange } from '../../../agent/src/tracer/update-buffer.ts';
import { snapshotJson } from '../../../agent/src/publisher/snapshot-json.ts';
import { makeTracer } from '../../support/agent/make-tracer.ts';

const circular: Record<string, unknown> = { name: 'c' };
circular['self'] = circular;
const throwing = {
  get secret(): string {
    throw new Error('no');
  },
};

describe('values that JSON cannot write', () => {
  it.each<[string, unknown, unknown]>([
    ['a circle', circular, { name: 'c', self: '[Circular]' }],
    ['BigInt', { n: 12345678901234567890n }, { n: Number('12345678901234567890') }],
    ['a function', { f: () => 1, a: 1 }, { a: 1 }],
    ['undefined', undefined, null],
    ['NaN', [NaN, Infinity], [null, null]],
    ['a Map', new Map([['k', 1]]), { k: 1 }],
    ['a Set', new Set([1, 2]), [1, 2]],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['bytes', new Uint8Array([1, 2, 3]), 'data:application/octet-stream;base64,AQID'],
    ['a symbol', Symbol('s'), null],
  ])('[TRC9] %s', (_what, value, written) => {
    expect(JSON.parse(snapshotJson(value))).toEqual(written);
  });

  it('[TRC9] errors keep what they say; throwing getters and endless depth are survived', () => {
    expect(JSON.parse(snapshotJson(new TypeError('t')))).toMatchObject({
      name: 'TypeError',
      message: 't',
    });
    expect(() => JSON.parse(snapshotJson(throwing))).not.toThrow();
    let deep: unknown = 1;
    for (let i = 0; i < 20_000; i++) deep = { deep };
    expect(() => JSON.parse(snapshotJson(deep))).not.toThrow();
  });

  it('[TRC9] writes any value as JSON.stringify does where that works', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(snapshotJson(value)).toBe(JSON.stringify(value));
      }),
    );
  });

  it('[TRC9] records spans whatever their attributes, usage, links and input are', async () => {
    const { tracer, events, errors } = makeTracer();
    const wrong: object[] = [
      { attributes: null, links: null },
      { attributes: throwing },
      {
        attributes: {
          f: () => 1,
          u: undefined,
          n: NaN,
          big: 1n,
          date: new Date(0),
          nested: { circular },
        },
      },
      { links: [{ traceId: 'x', spanId: 'y' }] },
      { input: throwing },
      { startUs: 'soon' },
    ];
    for (const options of wrong) tracer.startSpan('x', options).end();
    tracer.startSpan(7 as unknown as string).end();
    const span = tracer.startSpan('usage');
    span.setUsage({
      inputTokens: '9' as unknown as number,
      outputTokens: -1,
      totalTokens: 1.6,
      costUsd: NaN,
    });
    span
      .setAttributes(throwing)
      .append(undefined as unknown as string)
      .log(null as unknown as string);
    span.end({ usage: null as unknown as object });
    const all = await events();
    const opens = all.filter((event): event is OpenEvent => event.type === 'open');
    expect(opens).toHaveLength(wrong.length + 2);
    expect(all.filter((event) => event.type === 'close')).toHaveLength(wrong.length + 2);
    expect(opens[2]?.attributes).toMatchObject({
      n: 'NaN',
      big: '1',
      date: '1970-01-01T00:00:00.000Z',
    });
    expect(opens[6]?.name).toBe('7');
    expect(all.at(-1)).toMatchObject({ usage: { totalTokens: 2 } });
    expect(errors.length).toBeLessThanOrEqual(2);
  });

  it('[TRC9] a value is recorded as it was, though it changes at once', async () => {
    const { tracer, events } = makeTracer();
    const messages = [{ role: 'user', content: 'first' }];
    const span = tracer.startSpan('x', { input: messages });
    messages[0] = { role: 'user', content: 'changed' };
    span.end();
    const [open] = await events();
    expect((open as OpenEvent).input?.preview).toContain('first');
  });
});

describe('appended text', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('[TRC4, PROM2] is sent at once, then at most twenty times a second', () => {
    const sent: { atMs: number; text: string }[] = [];
    const buffer = new UpdateBuffer((change) =>
      sent.push({ atMs: performance.now(), text: change.outputDelta ?? '' }),
    );
    const startMs = performance.now();
    for (let i = 0; i < 1_000; i++) {
      buffer.append(`${i} `);
      if (i === 0) expect(sent).toHaveLength(1);
      vi.advanceTimersByTime(1);
    }
    buffer.end();
    expect(sent[0]).toEqual({ atMs: startMs, text: '0 ' });
    expect(sent.length).toBeLessThanOrEqual(22);
    expect(sent.length).toBeGreaterThanOrEqual(20);
    expect(sent.map(({ text }) => text).join('')).toBe(
      Array.from({ length: 1_000 }, (_, i) => `${i} `).join(''),
    );
  });

  it('[TRC4] adds up however it was cut, inside surrogate pairs too', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.array(fc.nat(600), { maxLength: 20 }),
        fc.array(fc.nat(60), { maxLength: 20 }),
        (text, cuts, waits) => {
          const pieces: string[] = [];
          const buffer = new UpdateBuffer(({ outputDelta = '' }) => pieces.push(outputDelta));
          const places = [...new Set([0, ...cuts, text.length])]
            .filter((at) => at <= text.length)
            .sort((a, b) => a - b);
          for (const [i, at] of places.entries()) {
            buffer.append(text.slice(at, places[i + 1] ?? text.length));
            vi.advanceTimersByTime(waits[i] ?? 0);
          }
          buffer.end();
          expect(pieces.join('')).toBe(text);
          for (const piece of pieces) expect(isWellFormed(piece)).toBe(true);
        },
      ),
    );
  });

  it('[TRC4] cuts a flood into pieces that fit into events', () => {
    const changes: SpanChange[] = [];
    const buffer = new UpdateBuffer((change) => changes.push(change));
    const flood = '😀'.repeat(100_000);
    buffer.append(flood);
    buffer.end();
    for (const { outputDelta = '' } of changes)
      expect(outputDelta.length).toBeLessThanOrEqual(32_768);
    expect(changes.map(({ outputDelta }) => outputDelta).join('')).toBe(flood);
  });

  it('[TRC4] counts updates from 0 without holes', async () => {
    vi.useRealTimers();
    const { tracer, events } = makeTracer();
    const span = tracer.startSpan('x');
    for (let i = 0; i < 10; i++) span.append('y'.repeat(40_000)).setAttribute('i', i);
    span.end();
    const updates = (await events()).filter(
      (event: TraceEvent): event is UpdateEvent => event.type === 'update',
    );
    expect(updates.map(({ seq }) => seq)).toEqual(updates.map((_, i) => i));
    expect(updates.map(({ outputDelta = '' }) => outputDelta).join('')).toBe('y'.repeat(400_000));
  });
});
