import {
  LIMITS,
  decodeEvent,
  encodeEvent,
  loadPayload,
  toHex,
  type TraceEvent,
} from '@spantail/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryLog } from '../../support/agent/memory-log.ts';
import {
  OTHER,
  TRACE,
  close,
  makePublisher,
  open,
  spanId,
  update,
} from '../../support/agent/make-publisher.ts';

const KIB = 1024;

/** A publisher whose log is away until `back` is called. */
function offline(maxQueueBytes: number) {
  const made = makePublisher({ maxQueueBytes });
  made.log.fate = () => 'unreached';
  return {
    ...made,
    back: async (): Promise<void> => {
      made.log.fate = () => undefined;
      expect(await made.publisher.flush()).toBe(true);
    },
  };
}

describe('the bounded queue', () => {
  it('[PUB4, PUB5] leaves out payloads first, then updates, then starts; ends always get through', async () => {
    const { publisher, log, back } = offline(100 * KIB);
    publisher.publish(TRACE, open(0));
    let peak = 0;
    for (let i = 1; i < 2_000; i++) {
      const input = publisher.payload(TRACE, `${i}: ${'x'.repeat(2_000)}`);
      publisher.publish(TRACE, open(i, { input }));
      publisher.publish(TRACE, update(i, 0));
      peak = Math.max(peak, publisher.stats.queuedBytes);
    }
    for (let i = 0; i < 2_000; i++) {
      publisher.publish(TRACE, close(i, { output: publisher.payload(TRACE, 'done') }));
      peak = Math.max(peak, publisher.stats.queuedBytes);
    }
    expect(peak).toBeLessThanOrEqual(100 * KIB);
    const { dropped } = publisher.stats;
    await back();
    const events = log.events(TRACE);
    const of = (type: TraceEvent['type']): TraceEvent[] =>
      events.filter((event) => event.type === type);
    const opened = new Set(of('open').map((event) => event.spanId));
    expect(opened.size).toBeGreaterThan(10);
    expect(opened.size).toBeLessThan(2_000);
    // Every span that was let in ends; nothing is heard of the others.
    expect(of('close').map((event) => event.spanId)).toEqual([...opened]);
    for (const event of of('update')) expect(opened).toContain(event.spanId);
    // Payloads ended first, then updates, then starts.
    const last = (holds: (event: TraceEvent) => boolean): number => events.findLastIndex(holds);
    const lastInput = last((event) => event.type === 'open' && event.input !== undefined);
    const lastUpdate = last((event) => event.type === 'update');
    const lastOpen = last((event) => event.type === 'open');
    expect(lastInput).toBeGreaterThan(0);
    expect(lastInput).toBeLessThan(lastUpdate);
    expect(lastUpdate).toBeLessThan(lastOpen);
    // And everything is counted: what came in and what was dropped is what was published.
    expect(of('open').length + of('close').length + dropped.events).toBe(4_000);
    expect(of('update').length + dropped.updates).toBe(1_999);
    const payloads = events.filter(
      (event) => (event.type === 'open' && event.input) || (event.type === 'close' && event.output),
    );
    const lostWithTheirEvent = dropped.events - 0;
    expect(payloads.length + dropped.payloads + lostWithTheirEvent).toBe(3_999);
  });

  it('[PUB5] tells viewers each loss exactly once, in the trace it belongs to', async () => {
    const { publisher, log, back } = offline(20 * KIB);
    publisher.publish(TRACE, open(0));
    publisher.publish(OTHER, open(1));
    for (let seq = 0; seq < 1_000; seq++)
      publisher.publish(seq % 4 === 0 ? OTHER : TRACE, update(seq % 4 === 0 ? 1 : 0, seq));
    await back();
    publisher.publish(TRACE, close(0));
    publisher.publish(OTHER, close(1));
    await publisher.flush();
    const told = (trace: string): number =>
      log.events(trace).reduce((sum, event) => sum + (event.dropped?.updates ?? 0), 0);
    const got = (trace: string): number =>
      log.events(trace).filter(({ type }) => type === 'update').length;
    expect(got(TRACE) + told(TRACE)).toBe(750);
    expect(got(OTHER) + told(OTHER)).toBe(250);
    expect(told(TRACE) + told(OTHER)).toBe(publisher.stats.dropped.updates);
    expect(told(TRACE)).toBeGreaterThan(0);
  });

  it('[PUB4] is empty again when everything is through', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            span: fc.nat(6),
            kind: fc.constantFrom('open', 'update', 'close'),
            size: fc.nat(4_000),
          }),
          { maxLength: 150 },
        ),
        async (steps) => {
          const { publisher, log, back } = offline(16 * KIB);
          for (const [i, { span, kind, size }] of steps.entries()) {
            const value = publisher.payload(TRACE, 'y'.repeat(size));
            if (kind === 'open') publisher.publish(TRACE, open(span, { input: value }));
            else if (kind === 'update') publisher.publish(TRACE, update(span, i));
            else publisher.publish(TRACE, close(span, { output: value }));
            expect(publisher.stats.queuedBytes).toBeLessThanOrEqual(16 * KIB + 512);
          }
          await back();
          expect(publisher.stats.queuedBytes).toBe(0);
          const { publishedEvents, deliveredEvents, dropped } = publisher.stats;
          expect(deliveredEvents).toBe(publishedEvents);
          expect(publishedEvents + dropped.events + dropped.updates).toBe(steps.length);
          expect(log.events(TRACE)).toHaveLength(publishedEvents);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('[PUB6] sends a blob once in a trace, and again when the log has lost it', async () => {
    const { publisher, log } = makePublisher();
    const message = { role: 'user', content: 'z'.repeat(3_000) };
    for (let i = 0; i < 5; i++) {
      publisher.publish(TRACE, open(i, { input: publisher.payload(TRACE, [message, `${i}`]) }));
      await publisher.flush();
    }
    const count = (): number => new Set(log.blobArrivals).size;
    expect(log.blobArrivals).toHaveLength(count());
    const had = new Map(log.blobs);
    log.blobs.clear();
    publisher.publish(TRACE, open(9, { input: publisher.payload(TRACE, [message, '9']) }));
    await publisher.flush();
    publisher.publish(TRACE, close(9));
    await publisher.flush();
    for (const [key, bytes] of had) expect(log.blobs.get(key)).toEqual(bytes);
    expect(publisher.stats.dropped.payloads).toBe(0);
  });

  it('[PUB6] has lost blobs in the log again when flush resolves, also after failures', async () => {
    const { publisher, log } = makePublisher();
    const text = 'y'.repeat(3_000);
    publisher.publish(TRACE, open(0, { input: publisher.payload(TRACE, text) }));
    await publisher.flush();
    log.blobs.clear();
    log.putFailures = 3;
    publisher.publish(TRACE, open(1, { input: publisher.payload(TRACE, text) }));
    expect(await publisher.flush()).toBe(true);
    expect(log.blobs.size).toBe(1);
    expect(log.events(TRACE)).toHaveLength(2);
    expect(publisher.stats.dropped.payloads).toBe(0);
  });

  it('[PUB6] goes on when lost blobs can never be sent again', async () => {
    const { publisher, log } = makePublisher();
    const text = 'x'.repeat(3_000);
    publisher.publish(TRACE, open(0, { input: publisher.payload(TRACE, text) }));
    await publisher.flush();
    log.blobs.clear();
    log.putFailures = Number.POSITIVE_INFINITY;
    publisher.publish(TRACE, open(1, { input: publisher.payload(TRACE, text) }));
    publisher.publish(TRACE, close(1));
    expect(await publisher.flush()).toBe(true);
    expect(log.events(TRACE)).toHaveLength(3);
  });

  it('[PUB6] notices the loss of blobs that only a chunk names', async () => {
    const { publisher, log } = makePublisher();
    const messages = Array.from({ length: 400 }, (_, i) => ({ content: `${i} ${'v'.repeat(90)}` }));
    let known = 0;
    // Until a list is nothing but one chunk that is new.
    for (let count = 2; count <= messages.length; count++) {
      const input = publisher.payload(TRACE, messages.slice(0, count));
      const [only] = input.parts;
      const lost = input.parts.length === 1 && known > 2;
      if (lost) log.blobs.clear();
      publisher.publish(TRACE, open(count, { input }));
      await publisher.flush();
      if (lost) {
        expect(only).toHaveProperty('chunk');
        const load = async (refs: Uint8Array[]): Promise<Uint8Array[]> =>
          refs.map((ref) => log.blobs.get(`${TRACE}/${toHex(ref)}`) ?? new Uint8Array());
        expect(await loadPayload(input, load)).toEqual(messages.slice(0, count));
        return;
      }
      known = log.blobs.size;
    }
    throw new Error('no list was a single chunk');
  });

  it('[PUB6] a blob whose event was given up is sent anew with the next one', async () => {
    const { publisher, log } = makePublisher();
    log.refuses = (event) => event.spanId === spanId(0);
    publisher.publish(TRACE, open(0, { input: publisher.payload(TRACE, 'w'.repeat(3_000)) }));
    await publisher.flush();
    expect(log.blobs.size).toBe(0);
    publisher.publish(TRACE, open(1, { input: publisher.payload(TRACE, 'w'.repeat(3_000)) }));
    await publisher.flush();
    expect(log.blobs.size).toBe(1);
  });

  it.each<[string, TraceEvent]>([
    ['attributes', open(0, { attributes: { huge: 'a'.repeat(LIMITS.eventBytes) } })],
    ['logs', update(0, 0, { logs: [{ timeUs: 1, message: 'l'.repeat(LIMITS.eventBytes) }] })],
    ['stack', close(0, { status: 'error', error: { type: 'E', message: 'm'.repeat(2_000_000) } })],
    [
      'inline parts',
      close(0, {
        output: {
          mediaType: 'application/json',
          bytes: 1,
          preview: '',
          parts: Array.from({ length: 200_000 }, () => '"part"'),
          list: true,
        },
      }),
    ],
    ['a deep attribute', open(0, { attributes: { deep: nested(100) } })],
  ])(
    '[PUB9, EV10] cuts an event with too large %s until it fits, and says so',
    async (_what, event) => {
      const { publisher, log } = makePublisher();
      publisher.publish(TRACE, event);
      await publisher.flush();
      const [got] = log.events(TRACE);
      expect(got).toMatchObject({
        type: event.type,
        spanId: event.spanId,
        dropped: { payloads: 1 },
      });
      expect(encodeEvent(got as TraceEvent).byteLength).toBeLessThan(LIMITS.eventBytes);
    },
  );

  it('[PUB9] shortens a name, keeping it text', async () => {
    const { publisher, log } = makePublisher();
    publisher.publish(TRACE, open(0, { name: '😀'.repeat(3_000) }));
    await publisher.flush();
    const [got] = log.events(TRACE);
    expect(got?.type === 'open' && got.name.startsWith('😀😀')).toBe(true);
    expect(decodeEvent(encodeEvent(got as TraceEvent))).toEqual(got);
  });

  it('[PUB10, PUB5] takes anything without throwing, and counts what it cannot use', async () => {
    const { publisher, log, errors } = makePublisher();
    const anything: unknown[] = [undefined, null, 7, 'x', {}, [], { type: 'open' }, Symbol('s')];
    for (const value of anything) {
      publisher.publish(TRACE, value as TraceEvent);
      publisher.publish(value as string, open(0));
      publisher.payload(TRACE, value);
    }
    publisher.payload(TRACE, 'x'.repeat(LIMITS.blobBytes + 1));
    publisher.publish(TRACE, open(1));
    expect(await publisher.flush()).toBe(true);
    expect(log.events(TRACE).map((event) => event.spanId)).toContain(spanId(1));
    expect(publisher.stats.queuedBytes).toBe(0);
    expect(errors.length).toBeGreaterThan(0);
  });

  it('[PUB10] shutdown gives up in time, says so, counts what is lost, and ends for good', async () => {
    const { publisher, log, errors } = makePublisher();
    log.fate = () => 'unreached';
    publisher.publish(TRACE, open(0));
    publisher.publish(TRACE, update(0, 0));
    expect(await publisher.shutdown({ timeoutMs: 20 })).toBe(false);
    expect(log.closed).toBe(true);
    expect(publisher.stats).toMatchObject({
      queuedBytes: 0,
      dropped: { events: 1, updates: 1, payloads: 0 },
    });
    expect(errors.at(-1)?.message).toContain('2 events were not delivered');
    publisher.publish(TRACE, open(1));
    expect(publisher.stats.dropped.events).toBe(2);
    expect(await publisher.shutdown()).toBe(false);
    expect(await publisher.flush()).toBe(true);
  });

  it('[PUB10] a handler of errors that throws hurts nobody', async () => {
    const log = new MemoryLog();
    log.fate = (request) => (request === 0 ? 'unreached' : undefined);
    const { publisher } = makePublisher({
      log,
      onError: () => {
        throw new Error('the handler fails');
      },
    });
    publisher.publish(TRACE, open(0));
    expect(await publisher.flush()).toBe(true);
  });
});

function nested(levels: number): never {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = { value };
  return value as never;
}
