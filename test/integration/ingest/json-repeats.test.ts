import { randomBytes } from 'node:crypto';
import { decodeEvent, decodeEventArray, encodeEvent } from '@spantail/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually, startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { batchOf, postBatches } from '../../support/ingest.ts';
import { entriesOf, eventsOf, postJson, treeOf } from '../../support/ingest-json.ts';
import { MemoryArchive } from '../../support/memory-archive.ts';
import { startRedis } from '../../support/redis-server.ts';
import { startObservedGateway } from '../../support/observed-gateway.ts';

const SPAN = '1'.repeat(16);
const OPEN = { type: 'open', spanId: SPAN, name: 'n' };
const STREAM = { project: 'default' };

function newTrace(): string {
  return randomBytes(16).toString('hex');
}

async function outcomeOf(gateway: TestGateway, body: unknown): Promise<string | undefined> {
  const { status, body: answer } = await postJson(gateway.url, body);
  if (status !== 200) throw new Error(`${status}: ${answer.detail}`);
  return answer.results?.map(({ outcome }) => outcome).join(' ');
}

function delta(traceId: string, outputDelta: string, rest: object = {}): object {
  return { type: 'update', traceId, spanId: SPAN, outputDelta, ...rest };
}

describe('JSON that comes again', () => {
  it('[IJ5] is a duplicate at any gateway, in whatever company it comes', async () => {
    const one = await startTestGateway();
    const two = await startTestGateway({ log: one.log });
    const [traceId, other] = [newTrace(), newTrace()];
    const opening = { type: 'open', traceId, spanId: SPAN, name: 'n' };
    const counted = delta(traceId, 'ha', { seq: 0 });
    const closing = { type: 'close', traceId, spanId: SPAN };
    expect(await outcomeOf(one, opening)).toBe('appended');
    expect(await outcomeOf(two, opening)).toBe('duplicate');
    expect(await outcomeOf(two, [opening])).toBe('duplicate');
    expect(await outcomeOf(two, [{ ...closing, traceId: other }, opening])).toBe(
      'appended duplicate',
    );
    expect(await outcomeOf(one, counted)).toBe('appended');
    expect(await outcomeOf(two, { events: [counted] })).toBe('duplicate');
    // Equal, but for another span, text or number.
    expect(await outcomeOf(one, { ...counted, spanId: '2'.repeat(16) })).toBe('appended');
    expect(await outcomeOf(one, delta(traceId, 'ha', { seq: 1 }))).toBe('appended');
    expect(await outcomeOf(one, closing)).toBe('appended');
    expect(await outcomeOf(two, closing)).toBe('duplicate');
    // The end of the run is news.
    expect(await outcomeOf(one, { events: [closing], fin: true })).toBe('appended');
    expect((await treeOf(one.log, traceId)).get(SPAN)?.outputText).toBe('haha');
  });

  it('[IJ6] updates without a number count as often as they come', async () => {
    const gateway = await startTestGateway();
    const traceId = newTrace();
    for (const text of ['ha', 'ha', '!'])
      expect(await outcomeOf(gateway, delta(traceId, text))).toBe('appended');
    expect(await outcomeOf(gateway, [delta(traceId, 'a'), delta(traceId, 'b')])).toBe('appended');
    expect((await treeOf(gateway.log, traceId)).get(SPAN)?.outputText).toBe('haha!ab');
  });

  it('[IJ6] numbers go on across gateways, beside numbered updates and other writers', async () => {
    const one = await startTestGateway();
    const two = await startTestGateway({ log: one.log });
    const traceId = newTrace();
    const publisher = (number: number): Promise<unknown> =>
      postBatches(one.url, 'p', [
        batchOf({
          traceId,
          number,
          events: [
            encodeEvent({ type: 'update', spanId: SPAN, seq: 3 * number, outputDelta: 'P' }),
            // Beside the counted ones: no number goes on from it.
            encodeEvent({ type: 'update', spanId: SPAN, seq: 2 ** 40, attributes: { number } }),
          ],
        }),
      ]);
    await outcomeOf(one, delta(traceId, 'a', { seq: 0 }));
    await outcomeOf(two, [delta(traceId, 'b'), delta(traceId, 'c')]);
    await publisher(1);
    await outcomeOf(one, delta(traceId, 'd'));
    await outcomeOf(two, [
      delta(traceId, 'e', { seq: 5 }),
      delta(traceId, 'P'),
      delta(traceId, 'f'),
    ]);
    await outcomeOf(one, delta(traceId, 'g'));
    expect((await treeOf(one.log, traceId)).get(SPAN)?.outputText).toBe('abcPdePfg');
  });

  it.each(['embedded', 'Redis'])(
    '[IJ6] many at once, at several gateways, leave no hole and repeat no number: %s log',
    async (kind) => {
      const redis = kind === 'Redis' ? await startRedis() : undefined;
      if (redis !== undefined) onTestFinished(() => redis.stop());
      const first = await startTestGateway(redis === undefined ? {} : { redis: redis.url });
      const gateways = [first, await startTestGateway({ log: first.log })];
      const traceId = newTrace();
      const texts = Array.from({ length: 120 }, (_, i) => `<${i}>`);
      await Promise.all(
        texts.map(async (text, i) => {
          const { url } = gateways[i % 2] ?? first;
          // Refused for the press of the others, if ever: then again.
          while ((await postJson(url, delta(traceId, text))).status === 429);
        }),
      );
      const events = await eventsOf(first.log, traceId);
      const numbers = events.map((event) => (event.type === 'update' ? event.seq : -1));
      expect(numbers).toEqual(texts.map((_, i) => i));
      const output = (await treeOf(first.log, traceId)).get(SPAN)?.outputText ?? '';
      expect(output.match(/<\d+>/g)?.toSorted()).toEqual(texts.toSorted());
      // All of them are of one source: one lease.
      await outcomeOf(first, { traceId, leaseMs: 1, events: [OPEN] });
      const lapsed = async (): Promise<string[]> =>
        (await first.log.lapsed(9)).map(({ producer }) => producer);
      await eventually(async () => (await lapsed()).length > 0, 'the lease lapses');
      expect(await lapsed()).toEqual(['json']);
      await outcomeOf(first, delta(traceId, '.'));
      expect(await lapsed()).toEqual([]);
    },
  );

  it('[IJ6] numbers go on when the log has let the run go, and begin again with a new history', async () => {
    const archive = new MemoryArchive();
    const gateway = await startTestGateway({
      archive,
      tracker: { graceMs: 1, quietMs: 20, hotAfterEndMs: 1 },
    });
    const traceId = newTrace();
    const stream = { ...STREAM, streamId: traceId };
    await outcomeOf(gateway, { traceId, events: [{ type: 'open', spanId: SPAN, name: 'n' }] });
    await outcomeOf(gateway, delta(traceId, 'a'));
    await outcomeOf(gateway, { type: 'close', traceId, spanId: SPAN });
    await eventually(
      async () => (await gateway.log.tail(stream)) === undefined,
      'the archive alone has the run',
    );
    await outcomeOf(gateway, delta(traceId, 'b'));
    const entries = await archive.read(stream, { after: '0-0', maxEntries: 100, maxBytes: 1e9 });
    const archived = entries.flatMap(({ events }) =>
      decodeEventArray(events).map((one) => decodeEvent(one)),
    );
    expect([...archived, ...(await eventsOf(gateway.log, traceId))]).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ outputDelta: 'a', seq: 0 }),
        expect.objectContaining({ outputDelta: 'b', seq: 1 }),
      ]),
    );

    const bare = await startTestGateway();
    await outcomeOf(bare, delta(traceId, 'a'));
    await bare.log.expire(stream, 0);
    await eventually(async () => (await bare.log.tail(stream)) === undefined, 'it is gone');
    await outcomeOf(bare, delta(traceId, 'new'));
    await outcomeOf(bare, delta(traceId, 'er'));
    expect((await treeOf(bare.log, traceId)).get(SPAN)?.outputText).toBe('newer');
  });

  it('[IJ8] with producer and number, what is not newer is a duplicate', async () => {
    const gateway = await startTestGateway();
    const traceId = newTrace();
    const request = (number: number, text: string): object => ({
      producer: 'script-7',
      number,
      fin: number === 5,
      events: [delta(traceId, text)],
    });
    expect(await outcomeOf(gateway, request(1, 'a'))).toBe('appended');
    expect(await outcomeOf(gateway, request(1, 'a'))).toBe('duplicate');
    expect(await outcomeOf(gateway, request(2, 'a'))).toBe('appended');
    expect(await outcomeOf(gateway, request(1, 'late'))).toBe('duplicate');
    expect(await outcomeOf(gateway, request(5, 'b'))).toBe('appended');
    const entries = await entriesOf(gateway.log, traceId);
    expect(entries.map(({ producer, number, fin }) => [producer, number, fin])).toEqual([
      ['script-7', 1, false],
      ['script-7', 2, false],
      ['script-7', 5, true],
    ]);
    expect((await treeOf(gateway.log, traceId)).get(SPAN)?.outputText).toBe('aab');
  });
});

describe('scripts that die', () => {
  it('[IJ7, LE4, LE10] what a silent script left open is lost; its own close repairs it', async () => {
    const gateway = await startTestGateway({
      leases: { everyMs: 5, mostGapMs: 60_000, settleMs: 0 },
    });
    for (const identity of [{}, { producer: 'script', number: 1 }]) {
      const traceId = newTrace();
      await outcomeOf(gateway, { ...identity, traceId, leaseMs: 1, events: [OPEN] });
      const stateIs = (state: string) => async (): Promise<boolean> =>
        (await treeOf(gateway.log, traceId)).get(SPAN)?.state === state;
      await eventually(stateIs('lost'), 'the span is lost');
      await outcomeOf(gateway, { type: 'close', traceId, spanId: SPAN, output: 'late' });
      expect(await stateIs('closed')()).toBe(true);
    }
  });

  it('[IJ7] opening sets a lease of ten minutes, anything else renews it, fin ends it', async () => {
    const { url, log, observed, ...gateway } = await startObservedGateway();
    const at = { url, log, ...gateway };
    const [traceId, others] = [newTrace(), newTrace()];
    const lapsed = async (): Promise<string[]> =>
      (await observed.log.lapsed(100)).map(({ streamId, producer }) => `${producer} ${streamId}`);
    const lapses = (id: string): Promise<void> =>
      eventually(async () => (await lapsed()).includes(`json ${id}`), 'the lease lapses');
    const renewals: [string, object][] = [
      ['an update', delta(traceId, 'x')],
      ['a numbered update', delta(traceId, 'x', { seq: 9 })],
      [
        'a span of its own',
        {
          traceId,
          events: [
            { ...OPEN, spanId: 'b' },
            { type: 'close', spanId: 'b' },
          ],
        },
      ],
      ['the close of another', { type: 'close', traceId, spanId: 'c' }],
      ['another open', { ...OPEN, traceId, spanId: 'd' }],
    ];
    for (const [what, body] of renewals) {
      const startUs = Math.floor(Math.random() * 1e15);
      await outcomeOf(at, { traceId, leaseMs: 1, events: [{ ...OPEN, startUs }] });
      await lapses(traceId);
      await outcomeOf(at, body);
      expect(await lapsed(), what).toEqual([]);
    }
    // The newest batch again says that the script lives.
    await outcomeOf(at, { traceId, leaseMs: 1, events: [OPEN] });
    await lapses(traceId);
    await outcomeOf(at, { ...OPEN, traceId });
    expect(await lapsed()).toEqual([]);
    await outcomeOf(at, { traceId, leaseMs: 1, events: [{ ...OPEN, startUs: 5 }] });
    await outcomeOf(at, { traceId, fin: true, events: [] });
    // Nobody opened anything there: no lease to lapse.
    await outcomeOf(at, { leaseMs: 1, events: [delta(others, 'x')] });
    const later = newTrace();
    await outcomeOf(at, { traceId: later, leaseMs: 1, events: [OPEN] });
    await lapses(later);
    expect(await lapsed()).toEqual([`json ${later}`]);
  });

  it('[IJ7, SUB16] fin lets the run end at once', async () => {
    const gateway = await startTestGateway({ tracker: { graceMs: 1, quietMs: 3_600_000 } });
    const traceId = newTrace();
    const events = [OPEN, { type: 'close', spanId: SPAN }];
    await outcomeOf(gateway, { traceId, events });
    await outcomeOf(gateway, { traceId, fin: true, events: [] });
    await eventually(
      async () => (await entriesOf(gateway.log, traceId)).at(-1)?.end === 'finished',
      'the run is over',
    );
  });
});
