import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { createTracer, type Span } from '@spantail/agent';
import type { CloseEvent, OpenEvent, Payload, TraceEvent } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { makeTracer, outline } from '../../support/agent/make-tracer.ts';

const closeOf = (events: TraceEvent[], name: string): CloseEvent | undefined => {
  const opened = events.find((event) => event.type === 'open' && event.name === name);
  return events.find(
    (event): event is CloseEvent => event.type === 'close' && event.spanId === opened?.spanId,
  );
};
const text = (payload: Payload | undefined): unknown => payload?.parts[0];

describe('steps', () => {
  it('[TRC1, PROM1] opens a span before its step runs and closes it after it has settled', async () => {
    const { tracer, log, events } = makeTracer();
    const beforeUs = Date.now() * 1_000;
    await tracer.run('answer', { input: { question: 'why?' } }, async (run) => {
      await tracer.flush();
      expect(log.all()).toMatchObject([
        {
          type: 'open',
          name: 'answer',
          spanType: 'agent',
          attributes: { 'service.name': 'tested' },
          input: { preview: '{"question":"why?"}' },
        },
      ]);
      await run.tool('search', { input: 'x' }, async () => {
        await tracer.flush();
        expect(log.all().map((event) => event.type)).toEqual(['open', 'open']);
      });
    });
    const all = await events();
    expect(all.map((event) => event.type)).toEqual(['open', 'open', 'close', 'close']);
    const { startUs } = all[0] as OpenEvent;
    expect(Number.isInteger(startUs)).toBe(true);
    expect(Math.abs(startUs - beforeUs)).toBeLessThan(60_000_000);
    expect((all[3] as CloseEvent).endUs).toBeGreaterThanOrEqual(startUs);
  });

  it('[TRC2] nests by the asynchronous context, also side by side', async () => {
    const { tracer, tree } = makeTracer();
    await tracer.run('root', async (run) => {
      await Promise.all(
        ['a', 'b', 'c'].map((name) =>
          run.step(name, async () => {
            await pause(1);
            // Nothing was passed along: not even the run.
            await tracer.activeSpan?.model(`${name}1`, async () => {
              await Promise.resolve();
              tracer.startSpan(`${name}2`).end();
            });
            await run.tool(`${name}3`, () => undefined);
          }),
        ),
      );
      await run.step('d', () => undefined);
    });
    expect(tracer.activeSpan).toBeUndefined();
    expect(outline((await tree()).roots)).toBe('root(a(a1(a2) a3) b(b1(b2) b3) c(c1(c2) c3) d)');
  });

  it('[TRC2] a span that is asked for a child by name gets it, whatever is active', async () => {
    const { tracer, tree } = makeTracer();
    await tracer.run('root', async (run) => {
      const held = run.startSpan('held', { type: 'tool' });
      await run.step('other', async () => {
        // `held` is not above `other`: it means itself.
        await held.step('below held', () => undefined);
        await run.step('below other', () => undefined);
      });
      await tracer.withSpan(held, () => run.step('also below held', () => undefined));
      held.end();
    });
    expect(outline((await tree()).roots)).toBe(
      'root(held(below held also below held) other(below other))',
    );
  });

  it('[TRC2] an agent run inside an agent is a sub-agent; `parent: null` begins a trace', async () => {
    const { tracer, log } = makeTracer();
    let inner: Span | undefined;
    await tracer.run('outer', async (outer) => {
      await tracer.run('sub', (sub) => {
        expect(sub.traceId).toBe(outer.traceId);
      });
      await tracer.run('apart', { parent: null }, (apart) => {
        inner = apart;
        expect(apart.traceId).not.toBe(outer.traceId);
      });
      await tracer.run('below', { parent: inner }, (below) => {
        expect(below.traceId).toBe(inner?.traceId);
      });
    });
    await tracer.flush();
    expect(log.entries.size).toBe(2);
  });

  it('[TRC2] is not confused with another tracer or another storage', async () => {
    const first = makeTracer();
    const second = makeTracer();
    const storage = new AsyncLocalStorage<number>();
    await storage.run(1, () =>
      first.tracer.run('a', () =>
        second.tracer.run('b', async () => {
          expect(storage.getStore()).toBe(1);
          first.tracer.startSpan('in a').end();
          second.tracer.startSpan('in b').end();
        }),
      ),
    );
    expect(outline((await first.tree()).roots)).toBe('a(in a)');
    expect(outline((await second.tree()).roots)).toBe('b(in b)');
  });

  it.each<[string, unknown, object]>([
    ['an Error', new TypeError('no'), { type: 'TypeError', message: 'no' }],
    ['a string', 'plain', { type: 'string', message: 'plain' }],
    ['undefined', undefined, { type: 'undefined' }],
    ['an object', { code: 7 }, { type: 'object', message: '{"code":7}' }],
    ['a hostile error', hostileError(), { type: 'unknown' }],
    [
      'an error with a cause',
      new Error('outer', { cause: new Error('inner') }),
      { message: 'outer' },
    ],
  ])('[TRC3] closes as failed and throws on unchanged: %s', async (_what, thrown, error) => {
    const { tracer, events } = makeTracer();
    let caught: unknown = 'nothing';
    try {
      await tracer.run('root', async (run) => {
        await run.tool('fails', async () => {
          throw thrown;
        });
      });
    } catch (found) {
      caught = found;
    }
    expect(caught).toBe(thrown);
    const all = await events();
    expect(closeOf(all, 'fails')).toMatchObject({ status: 'error', error });
    expect(closeOf(all, 'root')).toMatchObject({ status: 'error' });
    if (thrown instanceof Error && thrown.cause !== undefined)
      expect(closeOf(all, 'fails')?.error?.stack).toContain('Caused by: Error: inner');
  });

  it('[TRC3] what is thrown before the first await is a rejection, as from any async function', async () => {
    const { tracer } = makeTracer();
    const thrown = new Error('at once');
    const step = (): never => {
      throw thrown;
    };
    await expect(tracer.run('root', step)).rejects.toBe(thrown);
  });

  it('[TRC5] the result is the output, unless another was set or it is what was appended', async () => {
    const { tracer, events } = makeTracer();
    const result = await tracer.run('root', async (run) => {
      await run.model('streamed', (span) => {
        span.append('ab').append('c');
        return 'abc';
      });
      await run.model('other', (span) => {
        span.append('ab');
        return 'abc';
      });
      await run.model('nothing returned', (span) => {
        span.append('ab');
      });
      await run.tool('set', (span) => {
        span.setOutput({ set: true });
        return 'returned';
      });
      await run.tool('stream', () => new ReadableStream());
      await run.tool('given', { input: 'the input' }, (_span, input) => input);
      return 42;
    });
    expect(result).toBe(42);
    const all = await events();
    const output = (name: string): unknown => text(closeOf(all, name)?.output);
    expect(output('root')).toBe('42');
    expect(closeOf(all, 'streamed')).not.toHaveProperty('output');
    expect(output('other')).toBe('abc');
    expect(closeOf(all, 'nothing returned')).not.toHaveProperty('output');
    expect(output('set')).toBe('{"set":true}');
    expect(closeOf(all, 'stream')).not.toHaveProperty('output');
    expect(output('given')).toBe('the input');
  });

  it('[TRC6] a span ended by hand ends once, and nothing changes it afterwards', async () => {
    const { tracer, events } = makeTracer();
    const span = tracer.startSpan('by hand', { type: 'tool', startUs: 1_000, input: 'in' });
    expect(span.ended).toBe(false);
    span.end({ output: 'out', endUs: 500, usage: { inputTokens: 1 }, attributes: { a: 1 } });
    expect(span.ended).toBe(true);
    span.end({ error: new Error('late') });
    span.append('x').setAttribute('b', 2).setName('late').setOutput(1).setUsage({}).setInput(2);
    span.log('late').fail(new Error('late')).setType('model');
    expect(await events()).toMatchObject([
      { type: 'open', startUs: 1_000, input: { preview: 'in' } },
      // Never before its start, whatever the caller's clock says.
      {
        type: 'close',
        endUs: 1_000,
        status: 'ok',
        usage: { inputTokens: 1 },
        attributes: { a: 1 },
      },
    ]);
  });

  it('[TRC6] what is set while it is open arrives with it', async () => {
    const { tracer, tree } = makeTracer();
    const span = tracer.startSpan('first name');
    span.setName('second name').setType('retrieval').setInput(['late']);
    span.setAttributes({ a: 1, b: 2 }).setAttribute('b', 3);
    span.log('a line', { level: 'warn', attributes: { n: 1 } });
    span.setUsage({ inputTokens: 5 }).setUsage({ outputTokens: 6 });
    span.fail(new RangeError('in between'));
    span.end();
    const [node] = (await tree()).roots;
    expect(node).toMatchObject({
      name: 'second name',
      spanType: 'retrieval',
      status: 'error',
      error: { type: 'RangeError', message: 'in between' },
      usage: { inputTokens: 5, outputTokens: 6 },
    });
    expect({ ...node?.attributes }).toEqual({ 'service.name': 'tested', a: 1, b: 3 });
    expect(node?.logs).toMatchObject([{ message: 'a line', level: 'warn', attributes: { n: 1 } }]);
    expect(text(node?.input)).toBe('["late"]');
  });

  it.each<[string, string | undefined, number]>([
    ['no address', undefined, 0],
    ['an empty one', '', 0],
    ['one that cannot work', 'ftp://host', 1],
    ['a malformed Redis', 'redis://', 1],
  ])('[TRC8] with %s the agent runs as if there were no tracer', async (_what, url, faults) => {
    const errors: Error[] = [];
    const tracer = createTracer({ url, onError: (error) => errors.push(error) });
    expect(tracer.enabled).toBe(false);
    const result = await tracer.run('root', { input: 1 }, async (run) => {
      expect(tracer.activeSpan).toBe(run);
      return run.tool('t', (span) => span.append('x').setUsage({ inputTokens: 1 }).log('l').spanId);
    });
    expect(result).toMatch(/^[0-9a-f]{16}$/);
    expect(await tracer.flush()).toBe(true);
    expect(await tracer.shutdown()).toBe(true);
    expect(tracer.stats).toBeUndefined();
    expect(errors).toHaveLength(faults);
    if (faults > 0) expect(errors[0]?.message).toMatch(/^tracing is off: /);
  });

  it('[TRC8] disposes with the scope', async () => {
    const { tracer, log } = makeTracer();
    {
      await using scoped = tracer;
      scoped.startSpan('x').end();
    }
    expect(log.closed).toBe(true);
    expect(log.all()).toHaveLength(2);
  });
});

/** An error whose properties throw when they are read. */
function hostileError(): Error {
  const error = new Error('never read');
  Object.defineProperty(error, 'message', {
    get() {
      throw new Error('no');
    },
  });
  return error;
}
