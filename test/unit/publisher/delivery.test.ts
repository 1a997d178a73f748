import type { TraceEvent } from '@spantail/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { MemoryLog, type Fate } from '../../support/agent/memory-log.ts';
import {
  OTHER,
  TRACE,
  close,
  makePublisher,
  open,
  update,
} from '../../support/agent/make-publisher.ts';

const ids = (events: TraceEvent[]): string[] =>
  events.map((event) => `${event.type} ${event.spanId}${event.type === 'update' ? event.seq : ''}`);

describe('delivery', () => {
  it('[PUB1] keeps the order of each trace, through failures of every kind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ trace: fc.constantFrom(TRACE, OTHER), pause: fc.boolean() }), {
          minLength: 1,
          maxLength: 60,
        }),
        fc.array(
          fc.constantFrom<Fate>(undefined, 'unreached', 'answer-lost', {
            refuse: { code: 'LOG_UNAVAILABLE', retry: true },
          }),
          { maxLength: 40 },
        ),
        async (steps, fates) => {
          const log = new MemoryLog();
          log.fate = (request) => fates[request];
          const { publisher } = makePublisher({ log, flushIntervalMs: 0 });
          const published = new Map<string, TraceEvent[]>([
            [TRACE, []],
            [OTHER, []],
          ]);
          for (const [i, { trace, pause }] of steps.entries()) {
            const event = open(i);
            published.get(trace)?.push(event);
            publisher.publish(trace, event);
            if (pause) await new Promise((resolve) => setImmediate(resolve));
          }
          expect(await publisher.flush()).toBe(true);
          for (const [trace, events] of published) expect(log.events(trace)).toEqual(events);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('[PUB1, PUB2] sends a batch whose answer was lost again: same number, same events, one copy', async () => {
    const { publisher, log, errors } = makePublisher();
    log.fate = (request) => (request < 2 ? 'answer-lost' : undefined);
    publisher.publish(TRACE, open(0));
    publisher.publish(TRACE, close(0));
    expect(await publisher.flush()).toBe(true);
    const [first, second, third] = log.requests;
    expect(second?.[0]).toEqual(first?.[0]);
    expect(third?.[0]).toEqual(first?.[0]);
    expect(ids(log.events(TRACE))).toEqual(ids([open(0), close(0)]));
    expect(errors.map(({ message }) => message)).toEqual(['socket hang up']);
    expect(publisher.stats).toMatchObject({ queuedBytes: 0, deliveredEvents: 2, failing: false });
  });

  it('[PUB2] what comes meanwhile waits behind the batch that is to be sent again', async () => {
    const { publisher, log } = makePublisher();
    let release = (_fate: Fate): void => {};
    log.fate = (request) =>
      request === 0
        ? new Promise((resolve) => {
            release = resolve;
          })
        : undefined;
    publisher.publish(TRACE, open(0));
    await eventually(() => log.requests.length === 1, 'the first batch is on its way');
    publisher.publish(TRACE, close(0));
    release('unreached');
    expect(await publisher.flush()).toBe(true);
    expect(ids(log.events(TRACE))).toEqual(ids([open(0), close(0)]));
    expect(log.entries.get(TRACE)).toHaveLength(2);
  });

  it('[PUB3] sends the first event at once and gathers those behind it', async () => {
    const { publisher, log } = makePublisher({ flushIntervalMs: 60_000 });
    publisher.publish(TRACE, open(0));
    await eventually(() => log.requests.length === 1, 'the first event is sent');
    for (let seq = 0; seq < 500; seq++) publisher.publish(TRACE, update(0, seq));
    publisher.publish(OTHER, open(1));
    expect(await publisher.flush()).toBe(true);
    expect(log.requests).toHaveLength(2);
    expect(log.requests[1]?.map(({ events }) => events.length)).toEqual([500, 1]);
  });

  it('[PUB7] says fin when nothing of the trace is open or waits', async () => {
    const { publisher, log } = makePublisher({ flushIntervalMs: 0 });
    const fins = (): boolean[] => (log.entries.get(TRACE) ?? []).map(({ fin }) => fin);
    publisher.publish(TRACE, open(0));
    await publisher.flush();
    publisher.publish(TRACE, open(1));
    publisher.publish(TRACE, close(0));
    await publisher.flush();
    expect(fins()).toEqual([false, false]);
    publisher.publish(TRACE, close(1));
    await publisher.flush();
    expect(fins()).toEqual([false, false, true]);
    publisher.publish(TRACE, update(1, 0));
    await publisher.flush();
    expect(fins()).toEqual([false, false, true, true]);
  });

  it('[PUB8] an event that the log refuses for good costs only itself', async () => {
    const { publisher, log, errors } = makePublisher();
    // What a JavaScript caller may pass: the publisher's own reading finds it, too.
    const bad = { ...open(1), startUs: -1 };
    for (const event of [open(0), bad, open(2)]) publisher.publish(TRACE, event);
    log.fate = (_request, batches) =>
      batches[0]?.events.length === 3
        ? { refuse: { code: 'EVENT_INVALID', retry: false } }
        : undefined;
    expect(await publisher.flush()).toBe(true);
    expect(ids(log.events(TRACE))).toEqual(ids([open(0), open(2)]));
    const numbers = log.requests.map((batches) => batches[0]?.number ?? 0);
    expect(numbers[1]).toBeGreaterThan(numbers[0] ?? 0);
    expect(publisher.stats.dropped).toEqual({ events: 1, updates: 0, payloads: 0 });
    expect(errors[0]?.message).toContain('EVENT_INVALID');
    publisher.publish(TRACE, close(0));
    await publisher.flush();
    expect(log.events(TRACE).at(-1)?.dropped).toEqual({ events: 1 });
  });

  it('[PUB8] a batch that is refused for no reason to be seen is given up, and counted', async () => {
    const { publisher, log } = makePublisher();
    log.refuses = (event) => event.type === 'open' && event.name === 'span 0';
    publisher.publish(TRACE, open(0));
    publisher.publish(TRACE, update(0, 0));
    expect(await publisher.flush()).toBe(true);
    expect(publisher.stats.dropped).toEqual({ events: 1, updates: 1, payloads: 0 });
    publisher.publish(TRACE, open(1));
    await publisher.flush();
    expect(log.events(TRACE)).toEqual([{ ...open(1), dropped: { events: 1, updates: 1 } }]);
  });

  it('[PUB8] sends less at once when a request is too large for what lies in between', async () => {
    const { publisher, log } = makePublisher();
    const MOST_BYTES = 200_000;
    log.fate = (_request, batches) => {
      let bytes = 0;
      for (const batch of batches) {
        for (const event of batch.events) bytes += event.byteLength;
        for (const blob of batch.blobs) bytes += blob.bytes.byteLength;
      }
      return bytes > MOST_BYTES ? { refuse: { code: 'TOO_LARGE', retry: false } } : undefined;
    };
    const published: TraceEvent[] = [];
    for (let i = 0; i < 40; i++) {
      const event = open(i, { input: publisher.payload(TRACE, `${i} `.repeat(8_000)) });
      published.push(event);
      publisher.publish(TRACE, event);
    }
    const huge = open(99, { input: publisher.payload(TRACE, 'x'.repeat(300_000)) });
    publisher.publish(TRACE, huge);
    expect(await publisher.flush()).toBe(true);
    expect(log.events(TRACE).slice(0, 40)).toEqual(published);
    // The one that is too large alone goes without its input, and that is told.
    const { input: _input, ...bare } = huge;
    expect(log.events(TRACE)[40]).toEqual(bare);
    expect(publisher.stats.dropped).toEqual({ events: 0, updates: 0, payloads: 1 });
  });

  it('[PUB2] waits as long as the log asks for', async () => {
    const { publisher, log } = makePublisher({ random: () => 0 });
    log.fate = (request) =>
      request === 0
        ? { refuse: { code: 'OVERLOADED', retry: true, retryAfterMs: 1_000_000 } }
        : undefined;
    publisher.publish(TRACE, open(0));
    await eventually(() => log.requests.length === 1, 'the first attempt was made');
    publisher.publish(OTHER, open(1));
    // Another trace is not held up by it.
    await eventually(() => log.events(OTHER).length === 1, 'the other trace goes on');
    expect(log.events(TRACE)).toEqual([]);
    // Somebody who waits for the result is worth an attempt.
    expect(await publisher.flush()).toBe(true);
    expect(log.events(TRACE)).toHaveLength(1);
  });
});
