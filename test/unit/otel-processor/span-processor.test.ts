import { createTracer, type TracerOptions } from '@spantail/agent';
import createSpanProcessor, { SpantailSpanProcessor, type SdkSpan } from '@spantail/agent/otel';
import { FINAL_REVISION, toSpanEvents, type OpenEvent, type TraceEvent } from '@spantail/protocol';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { toOtelSpan } from '../../../agent/src/otel/to-otel-span.ts';
import { foldTree } from '../../support/agent/make-tracer.ts';
import { MemoryLog } from '../../support/agent/memory-log.ts';

const TRACE = 'a'.repeat(32);

type Writable = { -readonly [K in keyof SdkSpan]: SdkSpan[K] };
/** A span as the SDK holds it; the test changes it as the SDK would. */
type FakeSpan = Writable & {
  attributes: Record<string, unknown>;
  events: SdkSpan['events'][number][];
  links: SdkSpan['links'][number][];
};

let spans = 0;
function span(name: string, rest: Partial<FakeSpan> & { traceFlags?: number } = {}): FakeSpan {
  const { traceFlags = 1, ...fields } = rest;
  const spanId = (++spans).toString(16).padStart(16, '0');
  return {
    name,
    kind: 0,
    startTime: [1_700_000_000, 123_456_789],
    endTime: [0, 0],
    status: { code: 0 },
    attributes: {},
    events: [],
    links: [],
    resource: { attributes: { 'service.name': 'tested' } },
    instrumentationScope: { name: '' },
    spanContext: () => ({ traceId: TRACE, spanId, traceFlags }),
    ...fields,
  };
}

interface Made {
  processor: SpantailSpanProcessor;
  log: MemoryLog;
  errors: Error[];
  events: () => Promise<TraceEvent[]>;
}

function make(options: TracerOptions = {}): Made {
  const log = new MemoryLog();
  const errors: Error[] = [];
  const processor = new SpantailSpanProcessor({
    exporter: log,
    intervalMs: 20,
    flushIntervalMs: 0,
    onError: (error) => errors.push(error),
    ...options,
  });
  onTestFinished(() => processor.shutdown());
  return {
    processor,
    log,
    errors,
    events: async () => {
      await processor.forceFlush();
      return log.all();
    },
  };
}

const turn = (): Promise<void> => Promise.resolve();
const opensOf = (events: TraceEvent[]): OpenEvent[] =>
  events.filter((event) => event.type === 'open');

describe('the span processor', () => {
  it('[SP1] waits a microtask with the start, and no longer', async () => {
    const { processor, events } = make();
    const one = span('late kind');
    processor.onStart(one);
    one.attributes['gen_ai.operation.name'] = 'chat';
    await turn();
    one.attributes['later'] = true;
    const [open] = await events();
    expect(open).toMatchObject({ type: 'open', spanType: 'model' });
  });

  it('[SP1] publishes a span that ends in the turn it starts in once, whole', async () => {
    const { processor, events } = make();
    const one = span('short', { attributes: { n: 1 } });
    processor.onStart(one);
    one.endTime = [1_700_000_000, 123_999_999];
    processor.onEnd(one);
    expect(await events()).toEqual([
      expect.objectContaining({ type: 'open', revision: FINAL_REVISION }),
      expect.objectContaining({ type: 'close', endUs: 1_700_000_000_123_999 }),
    ]);
  });

  it('[SP1] leaves out what is not sampled, and takes the end of a span whose start it missed', async () => {
    const { processor, events } = make();
    const unsampled = span('unsampled', { traceFlags: 0 });
    processor.onStart(unsampled);
    processor.onEnd(unsampled);
    processor.onEnd(span('only its end'));
    const names = opensOf(await events()).map(({ name }) => name);
    expect(names).toEqual(['only its end']);
  });

  it('[SP2] keeps ids, parents, times, links and scope; the resource is on local roots alone', async () => {
    const { processor, events } = make({ attributes: { team: 'blue' } });
    const context = { traceId: 'b'.repeat(32), spanId: 'c'.repeat(16), traceFlags: 1 };
    const given = [
      span('root'),
      span('child', { parentSpanContext: { ...context } }),
      span('below a remote one', { kind: 1, parentSpanContext: { ...context, isRemote: true } }),
      span('of SDK 1', { parentSpanId: 'd'.repeat(16), instrumentationLibrary: { name: 'old' } }),
      span('linked', { links: [{ context, attributes: { why: 'because' } }] }),
    ];
    delete given[3]?.instrumentationScope;
    for (const one of given) processor.onStart(one);
    await turn();
    const opens = opensOf(await events());
    expect(opens.map(({ attributes }) => attributes?.['service.name'])).toEqual([
      'tested',
      undefined,
      'tested',
      undefined,
      'tested',
    ]);
    expect(opens[0]).toMatchObject({
      spanId: given[0]?.spanContext().spanId,
      startUs: 1_700_000_000_123_456,
      attributes: { team: 'blue' },
    });
    expect(opens.map(({ parentSpanId }) => parentSpanId)).toEqual([
      undefined,
      'c'.repeat(16),
      'c'.repeat(16),
      'd'.repeat(16),
      undefined,
    ]);
    expect(opens[3]?.attributes?.['otel.scope.name']).toBe('old');
    expect(opens[4]?.links).toEqual([
      { traceId: 'b'.repeat(32), spanId: 'c'.repeat(16), attributes: { why: 'because' } },
    ]);
  });

  const CHANGES: [string, (one: FakeSpan) => void][] = [
    ['an attribute', (one) => (one.attributes['new'] = 1)],
    ['a value', (one) => (one.attributes['text'] = 'longer')],
    ['an event', (one) => one.events.push({ name: 'happened', time: [1_700_000_001, 0] })],
    [
      'an event above the limit',
      (one) => {
        one.events.shift();
        one.events.push({ name: 'newest', time: [1_700_000_001, 0] });
      },
    ],
    [
      'a link',
      (one) =>
        one.links.push({
          context: { traceId: 'b'.repeat(32), spanId: 'c'.repeat(16), traceFlags: 1 },
        }),
    ],
    ['its name', (one) => (one.name = 'renamed')],
    ['its status', (one) => (one.status = { code: 1 })],
  ];
  it.each(CHANGES)('[SP3] sees %s while the span is open, once', async (_, change) => {
    const { processor, log } = make();
    const one = span('growing', {
      attributes: { text: 'short' },
      events: [{ name: 'first', time: [1_700_000_000, 200_000_000] }],
    });
    processor.onStart(one);
    await vi.waitFor(() => expect(log.all()).toHaveLength(1));
    change(one);
    await vi.waitFor(() => expect(log.all()).toHaveLength(2));
    const [first, second] = opensOf(log.all());
    expect(second?.revision).toBeGreaterThan(first?.revision ?? 0);
    expect(second?.revision).toBeLessThan(FINAL_REVISION);
    // Nothing has changed since: looking again, as a flush does, publishes nothing.
    await processor.forceFlush();
    expect(log.all()).toHaveLength(2);
    const node = foldTree(TRACE, log.all()).roots[0];
    expect(node?.name).toBe(one.name);
    expect(node?.attributes).toMatchObject(one.attributes);
    expect(node?.logs.map(({ message }) => message)).toEqual(one.events.map(({ name }) => name));
  });

  it('[SP3] of many replaced values the last one counts, whatever sorts first', async () => {
    const { processor, log, events } = make();
    const one = span('counting');
    processor.onStart(one);
    await turn();
    for (const value of [9, 5, 7, 1, 8]) {
      one.attributes['n'] = value;
      await processor.forceFlush();
    }
    expect(foldTree(TRACE, await events()).roots[0]?.attributes['n']).toBe(8);
    expect(log.all()).toHaveLength(6);
  });

  it('[SP4] an end brings what has changed, and only its close where nothing has', async () => {
    const { processor, events } = make();
    const quiet = span('quiet');
    const more = span('more', { attributes: { n: 1 } });
    const asked = span('asked', { attributes: { 'gen_ai.operation.name': 'chat' } });
    const logged = span('logged');
    const all = [quiet, more, asked, logged];
    for (const one of all) processor.onStart(one);
    await turn();
    Object.assign(more.attributes, { n: 2, late: true, 'gen_ai.usage.input_tokens': 3 });
    asked.attributes['gen_ai.input.messages'] = '[{"role":"user","content":"hi"}]';
    logged.events.push({ name: 'happened', time: [1_700_000_001, 0] });
    for (const one of all) {
      one.endTime = [1_700_000_001, 0];
      processor.onEnd(one);
    }
    const found = await events();
    const endings = found.slice(all.length);
    expect(endings.map(({ type }) => type)).toEqual([
      'close',
      'close',
      'open',
      'close',
      'open',
      'close',
    ]);
    expect(endings[1]).toMatchObject({ attributes: { n: 2, late: true } });
    expect(endings[2]).toMatchObject({ revision: FINAL_REVISION });
    const expected = new Map(all.map((one) => [one.spanContext().spanId, one]));
    for (const { span: node } of foldTree(TRACE, found).walk()) {
      const whole = toSpanEvents(
        toOtelSpan(expected.get(node.spanId) ?? quiet, true, { 'service.name': 'tested' }),
      );
      expect(node.attributes).toMatchObject(whole.open.attributes ?? {});
      expect(node.logs).toEqual(whole.open.logs ?? []);
      expect(node.spanType).toBe(whole.open.spanType);
      expect(node.input !== undefined).toBe(whole.input !== undefined);
      // Delivered over OTLP as well, nothing is different.
      const twice = foldTree(TRACE, [...found, whole.open]);
      expect(twice.get(node.spanId)?.attributes).toMatchObject(node.attributes);
      expect(twice.get(node.spanId)?.logs).toEqual(node.logs);
    }
  });

  it('[SP7] takes what the SDK would not let through, and spans that throw when they are read', async () => {
    const { processor, errors, events } = make();
    const odd = span('odd', {
      attributes: {
        bytes: new Uint8Array([1, 2, 3]),
        big: 12n,
        holes: ['a', null, undefined],
        nothing: undefined,
        method: () => {},
        deep: { a: [{ b: new Uint8Array([255]) }] },
      },
    });
    const bad = span('bad');
    Object.defineProperty(bad, 'events', {
      get: () => {
        throw new Error('no');
      },
    });
    for (const one of [odd, bad]) processor.onStart(one);
    await turn();
    for (const one of [odd, bad]) processor.onEnd(one);
    processor.onStart(undefined as unknown as SdkSpan);
    const [open] = opensOf(await events());
    expect(open?.attributes).toMatchObject({
      bytes: 'AQID',
      big: '12',
      holes: ['a', null, null],
      method: null,
      deep: { a: [{ b: '/w==' }] },
    });
    expect(errors.length).toBeGreaterThan(0);
  });

  it('[SP9] publishes at shutdown what open spans have got, then nothing; a given tracer goes on', async () => {
    const log = new MemoryLog();
    const tracer = createTracer({ exporter: log });
    onTestFinished(async () => {
      await tracer.shutdown();
    });
    const processor = createSpanProcessor({ tracer });
    const one = span('open');
    processor.onStart(one);
    await turn();
    one.attributes['more'] = 1;
    await processor.shutdown();
    processor.onStart(span('too late'));
    processor.onEnd(one);
    await tracer.run('goes on', () => {});
    await tracer.flush();
    expect(log.events(TRACE)).toEqual([
      expect.objectContaining({ name: 'open' }),
      expect.objectContaining({ attributes: expect.objectContaining({ more: 1 }) as unknown }),
    ]);
    expect(log.all().some((event) => event.type === 'open' && event.name === 'goes on')).toBe(true);
  });

  it('[SP9] resolves although the log refuses everything', async () => {
    const { processor, log } = make({ retryBaseMs: 1 });
    log.fate = () => ({ refuse: { code: 'BATCH_INVALID', retry: false } });
    processor.onEnd(span('refused'));
    await expect(processor.forceFlush()).resolves.toBeUndefined();
    await expect(processor.shutdown()).resolves.toBeUndefined();
  });

  it('[SP10] brings the resource when the detectors have found it, and never reads it before', async () => {
    const { processor, log, events } = make();
    let found = (): void => {};
    const detection = new Promise<void>((resolve) => {
      found = resolve;
    });
    const resource = {
      asyncAttributesPending: true,
      get attributes(): Record<string, string> {
        if (this.asyncAttributesPending) throw new Error('read too early');
        return { 'host.id': 'h1' };
      },
      waitForAsyncAttributes: () => detection,
    };
    const open = span('open', { resource });
    const ended = span('ended', { resource });
    processor.onStart(open);
    await turn();
    processor.onStart(ended);
    processor.onEnd(ended);
    await vi.waitFor(() => expect(log.all()).toHaveLength(1));
    resource.asyncAttributesPending = false;
    found();
    const tree = foldTree(TRACE, await events());
    for (const root of tree.roots) expect(root.attributes['host.id']).toBe('h1');
    expect(tree.roots.map(({ state }) => state)).toEqual(['open', 'closed']);
  });
});
