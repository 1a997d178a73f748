import type { StreamItem } from '@spantail/client';
import { parseCursor, type TraceEvent } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { appendTrimmed } from '../../support/append-trimmed.ts';
import { collect, eventOf, isEvent } from '../../support/client/collect.ts';
import { connect, connectThrough } from '../../support/client/connect.ts';
import { publishRun } from '../../support/client/publish.ts';
import { generateRun } from '../../support/generate-run.ts';
import { eventually, startTestGateway } from '../../support/gateway.ts';

const ending = { tracker: { graceMs: 5 } };

describe('iterating over a run’s events', () => {
  it('[CL1, PROM3] gives each event once, in order, and ends with the run', async () => {
    const gateway = await startTestGateway(ending);
    const { client, proxy } = await connectThrough(gateway);
    const { traceId, events } = await publishRun(gateway, 11);
    const items = await collect(client, traceId);
    expect(items.map(eventOf)).toEqual(events);
    expect(new Set(items.map((item) => 'cursor' in item && item.cursor)).size).toBe(events.length);
    // The subscription was left: the socket went with it.
    await eventually(() => proxy.connections === 0, 'the socket is closed');
  });

  it('[CL1] gives a live run’s events as they come', async () => {
    const gateway = await startTestGateway(ending);
    const client = connect(gateway);
    const { traceId, events } = generateRun(12, { spans: 8 });
    const got: TraceEvent[] = [];
    const reading = (async () => {
      for await (const item of client.events(traceId)) got.push(eventOf(item));
    })();
    for (const [i, event] of events.entries()) {
      await gateway.append(traceId, [event], { fin: i === events.length - 1 });
      await eventually(() => got.length === i + 1, `event ${i} came`);
    }
    await reading;
    expect(got).toEqual(events);
  });

  it('[CL3, CU2] resumes behind every event, with a client that knows nothing else', async () => {
    const gateway = await startTestGateway(ending);
    const { traceId, events } = await publishRun(gateway, 13, { entryEvents: 4 });
    const items = await collect(connect(gateway), traceId);
    for (const [i, item] of items.entries()) {
      if (!isEvent(item)) throw new Error('events only');
      expect(parseCursor(item.cursor)).toBeDefined();
      const rest = await collect(connect(gateway), traceId, Infinity, { after: item.cursor });
      expect(rest.map(eventOf)).toEqual(events.slice(i + 1));
      // The same places by the same names, wherever it began.
      expect(rest.map((one) => 'cursor' in one && one.cursor)).toEqual(
        items.slice(i + 1).map((one) => 'cursor' in one && one.cursor),
      );
    }
  });

  it('[CL14] goes on behind the end with follow, telling each end once', async () => {
    const gateway = await startTestGateway(ending);
    const { traceId, events } = await publishRun(gateway, 14);
    const iterator = connect(gateway).events(traceId, { follow: true });
    for (const event of events) {
      const { value } = await iterator.next();
      expect(value && eventOf(value)).toEqual(event);
    }
    expect((await iterator.next()).value).toMatchObject({ type: 'end', reason: 'finished' });
    const late: TraceEvent = {
      type: 'open',
      spanId: '2'.repeat(16),
      name: 'late',
      spanType: 'step',
      startUs: 1,
    };
    await gateway.append(traceId, [late]);
    const { value } = await iterator.next();
    expect(value && eventOf(value)).toEqual(late);
    await iterator.return();
  });

  it.each(['break', 'return while it waits', 'abort', 'close'] as const)(
    '[CL12] leaves the subscription and the socket on %s',
    async (how) => {
      const gateway = await startTestGateway();
      const { client, proxy } = await connectThrough(gateway);
      const { traceId } = await publishRun(gateway, 15, { fin: false });
      const stop = new AbortController();
      if (how === 'break') await collect(client, traceId, 2);
      else {
        const iterator = client.events(traceId, { signal: stop.signal });
        for (let i = 0; i < 3; i++) await iterator.next();
        await eventually(() => proxy.connections === 1, 'it is connected');
        const drained = (async () => {
          while ((await iterator.next()).done !== true);
        })();
        if (how === 'abort') stop.abort();
        else if (how === 'close') client.close();
        else await iterator.return();
        await drained;
        expect(await iterator.next()).toEqual({ done: true, value: undefined });
      }
      await eventually(() => proxy.connections === 0, 'the socket is closed');
    },
  );

  it('[CL12] does not begin when the signal was aborted or the client closed', async () => {
    const gateway = await startTestGateway();
    const { client, proxy } = await connectThrough(gateway);
    const { traceId } = await publishRun(gateway, 16);
    expect(await collect(client, traceId, 1, { signal: AbortSignal.abort() })).toEqual([]);
    client.close();
    expect(await collect(client, traceId, 1)).toEqual([]);
    const run = client.watch(traceId);
    expect(run.status).toBe('closed');
    expect(proxy.connections).toBe(0);
  });

  it.each([
    { maxQueueEvents: 1 },
    { maxQueueEvents: 7 },
    { maxQueueBytes: 1 },
    { maxQueueBytes: 900 },
  ])('[CL11, PROM8] brings a slow consumer everything once with %j', async (limits) => {
    const gateway = await startTestGateway(ending);
    const client = connect(gateway, limits);
    const { traceId, events } = await publishRun(gateway, 17, { entryEvents: 5, fin: false });
    const got: TraceEvent[] = [];
    let appended = false;
    for await (const item of client.events(traceId)) {
      got.push(eventOf(item));
      // Slower than what comes: the event loop turns, and the run goes on meanwhile.
      await new Promise((resolve) => setImmediate(resolve));
      if (appended) continue;
      appended = true;
      for (let seq = 0; seq < 20; seq++) await gateway.append(traceId, [tick(seq)]);
      await gateway.append(traceId, [tick(20)], { fin: true });
      await gateway.append(traceId, [closing], { fin: true });
    }
    const ticks = Array.from({ length: 21 }, (_, seq) => tick(seq));
    expect(got).toEqual([...events, ...ticks, closing]);
  });

  it('[CL1] serves two watchers of one stream, each whole', async () => {
    const gateway = await startTestGateway(ending);
    const { client, proxy } = await connectThrough(gateway);
    const { traceId, events } = await publishRun(gateway, 18, { fin: false });
    const [a, b] = [client.events(traceId), client.events(traceId)];
    for (const event of events)
      for (const iterator of [a, b]) {
        const { value } = await iterator.next();
        expect(value && eventOf(value)).toEqual(event);
      }
    expect(proxy.connections).toBe(2);
    await a.return();
    await gateway.append(traceId, [tick(1)]);
    const { value } = await b.next();
    expect(value && eventOf(value)).toEqual(tick(1));
    await b.return();
  });

  it('[CL2] does not take an earlier subscription’s frames for its own', async () => {
    const gateway = await startTestGateway();
    const { client, proxy } = await connectThrough(gateway);
    const { traceId, events } = await publishRun(gateway, 19, { entryEvents: 2, fin: false });
    const other = await publishRun(gateway, 20, { fin: false });
    // Keeps the connection open in between.
    const keeper = client.events(other.traceId);
    await keeper.next();
    const items = await collect(client, traceId, events.length);
    for (const item of items) {
      if (!isEvent(item)) throw new Error('events only');
      const late = client.events(traceId, { after: item.cursor });
      const waiting = late.next();
      // Left at once: its confirmation and frames are still on their way.
      await late.return();
      await waiting;
      expect((await collect(client, traceId, events.length)).map(eventOf)).toEqual(events);
    }
    expect(proxy.connections).toBe(1);
    await keeper.return();
  });

  it('[CL6] fails with the gateway’s error for a cursor that is wrong, and only there', async () => {
    const gateway = await startTestGateway();
    const client = connect(gateway);
    const one = await publishRun(gateway, 21, { fin: false });
    const two = await publishRun(gateway, 22, { fin: false });
    const [foreign] = await collect(client, two.traceId, 1);
    const after = foreign !== undefined && isEvent(foreign) ? foreign.cursor : '';
    const alive = client.events(two.traceId);
    await alive.next();
    await expect(collect(client, one.traceId, 1, { after })).rejects.toMatchObject({
      code: 'CURSOR_OTHER_TRACE',
    });
    await expect(collect(client, one.traceId, 1, { after: 'x' })).rejects.toMatchObject({
      code: 'CURSOR_INVALID',
    });
    for (const traceId of ['', 'x', '0'.repeat(32), 'A'.repeat(32), '@runs'])
      expect(() => client.events(traceId)).toThrow(
        expect.objectContaining({ code: 'TRACE_ID_INVALID' }),
      );
    const { value } = await alive.next();
    expect(value && eventOf(value)).toEqual(two.events[1]);
    await alive.return();
  });

  it('[CL4, PROM4] tells a reset and begins anew', async () => {
    const gateway = await startTestGateway(ending);
    const { traceId, events } = await publishRun(gateway, 23);
    const items = await collect(connect(gateway), traceId);
    const last = items.at(-1);
    if (last === undefined || !isEvent(last)) throw new Error('events only');
    const after = last.cursor.replace(/\.[0-9a-z]+\./, '.zzzz.');
    const again = await collect(connect(gateway), traceId, Infinity, { after });
    expect(again[0]).toEqual({ type: 'reset', reason: 'recreated' });
    expect(again.slice(1).map(eventOf)).toEqual(events);
  });

  it('[CL5, PROM4] tells a gap and goes on behind it, with a cursor to resume at', async () => {
    const gateway = await startTestGateway();
    const { traceId, events } = generateRun(25, { spans: 6 });
    await gateway.append(traceId, events.slice(0, 2));
    const [first] = await collect(connect(gateway), traceId, 1);
    const after = first !== undefined && isEvent(first) ? first.cursor : '';
    // A log trims in steps: about so many entries stay.
    const ticks = Array.from({ length: 100 }, (_, seq) => tick(seq));
    await appendTrimmed(gateway, traceId, ticks, 3);
    await gateway.append(traceId, [closing], { fin: true });
    const until = async (from: string): Promise<StreamItem[]> => {
      const items: StreamItem[] = [];
      for await (const item of connect(gateway).events(traceId, { after: from })) {
        items.push(item);
        if (item.type === 'close') break;
      }
      return items;
    };
    const [gap, ...rest] = await until(after);
    if (gap?.type !== 'gap') throw new Error('a gap comes first');
    expect(gap).toMatchObject({ after, reason: 'trimmed' });
    const kept = rest.map(eventOf);
    expect(kept).toEqual([...ticks, closing].slice(-kept.length));
    expect(kept.length).toBeLessThan(ticks.length);
    expect((await until(gap.cursor)).map(eventOf)).toEqual(kept);
    const run = connect(gateway).watch(traceId, { after });
    const told = await new Promise((resolve) => run.on('gap', resolve));
    expect(told).toEqual(gap);
  });

  it('[CL13] reports an event that cannot be read in its place', async () => {
    const gateway = await startTestGateway(ending);
    const { traceId, events } = generateRun(24, { spans: 4 });
    await gateway.append(traceId, events.slice(0, 2));
    await gateway.log.append({
      project: 'default',
      streamId: traceId,
      producer: 'strange',
      number: 1,
      fin: true,
      events: [new Uint8Array([0xc1])],
      blobs: [],
      refs: [],
    });
    await gateway.append(traceId, events.slice(2), { fin: true });
    const items = await collect(connect(gateway), traceId);
    expect(items[2]).toMatchObject({ type: 'invalid', message: expect.any(String) as string });
    expect(items.toSpliced(2, 1).map(eventOf)).toEqual(events);
    const invalid = items[2];
    if (invalid?.type !== 'invalid') throw new Error('the second entry is invalid');
    const rest = await collect(connect(gateway), traceId, 1, { after: invalid.cursor });
    expect(rest.map(eventOf)).toEqual(events.slice(2, 3));
  });
});

function tick(seq: number): TraceEvent {
  return { type: 'update', spanId: '3'.repeat(16), seq, outputDelta: `${seq} ` };
}

const closing: TraceEvent = { type: 'close', spanId: '3'.repeat(16), endUs: 1, status: 'ok' };
