import { createClient } from '@spantail/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually, startTestGateway } from '../../support/gateway.ts';
import {
  keyValues,
  logsBody,
  spanMessage,
  spansBody,
  type PlainSpan,
} from '../../support/otlp/build.ts';
import { post } from '../../support/otlp/post.ts';
import { eventsOf, outlineOf, treeOf } from '../../support/otlp/read-log.ts';

const TRACE = 'a2'.repeat(16);
const ROOT = '1'.repeat(16);
const CHILD = '2'.repeat(16);
const START = 1_790_000_000_000_000_000n;

function span(rest: Partial<PlainSpan> = {}): PlainSpan {
  return { traceId: TRACE, spanId: ROOT, name: 'work', startNanos: START, ...rest };
}

/** Sends each list of spans as a request of its own, in every order. */
async function inEveryOrder(
  requests: PlainSpan[][],
  check: (log: Parameters<typeof treeOf>[0]) => Promise<void>,
): Promise<void> {
  for (const order of permutations(requests)) {
    const { url, log } = await startTestGateway();
    for (const spans of order)
      expect(await post(url, 'protobuf', spansBody('protobuf', spans))).toMatchObject({
        status: 200,
        rejected: 0,
      });
    await check(log);
  }
}

function permutations<T>(items: T[]): T[][] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, i) =>
    permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]),
  );
}

describe('open spans over OTLP', () => {
  it('[OT8, PROM1] shows a span without an end as open, and what it gets', async () => {
    const { url, log } = await startTestGateway();
    const send = (rest: Partial<PlainSpan>) => post(url, 'json', spansBody('json', [span(rest)]));
    await send({ endNanos: 0n, attributes: { step: 1n } });
    expect((await treeOf(log, TRACE)).roots[0]).toMatchObject({
      state: 'open',
      startUs: Number(START / 1_000n),
      attributes: { step: 1, 'service.name': 'test' },
    });
    await send({ attributes: { step: 2n } });
    expect((await treeOf(log, TRACE)).roots[0]?.attributes['step']).toBe(2);
    await send({ attributes: { step: 2n } });
    expect(await eventsOf(log, TRACE)).toHaveLength(2);
    await send({ attributes: { step: 3n }, endNanos: START + 1_000n });
    await send({ attributes: { step: 1n } });
    expect((await treeOf(log, TRACE)).roots[0]).toMatchObject({
      state: 'closed',
      attributes: { step: 3 },
    });
    expect(await eventsOf(log, TRACE)).toHaveLength(4);
  });

  it('[OT8] gives the same span in whichever order snapshots and end come', async () => {
    await inEveryOrder(
      [
        [span({ endNanos: 0n })],
        [span({ attributes: { a: 1n } })],
        [span({ attributes: { a: 1n, b: 'two' } })],
        [span({ attributes: { a: 1n, b: 'two', c: true }, endNanos: START + 7_000n })],
      ],
      async (log) => {
        expect((await treeOf(log, TRACE)).roots[0]).toMatchObject({
          state: 'closed',
          endUs: Number(START / 1_000n) + 7,
          attributes: { a: 1, b: 'two', c: true },
        });
      },
    );
  });

  it('[OT9] reads Logfire placeholders, before and behind the spans that they stand for', async () => {
    const pending = (spanId: string, stands: string, parent: string, name: string) =>
      span({
        spanId,
        parentSpanId: stands,
        name,
        endNanos: START,
        attributes: { 'logfire.span_type': 'pending_span', 'logfire.pending_parent_id': parent },
      });
    const { url, log } = await startTestGateway();
    const placeholders = [
      pending('a'.repeat(16), ROOT, '0'.repeat(16), 'work'),
      pending('b'.repeat(16), CHILD, ROOT, 'part'),
    ];
    await post(url, 'protobuf', spansBody('protobuf', placeholders));
    const tree = await treeOf(log, TRACE);
    expect(outlineOf(tree)).toBe('work(part)');
    expect(tree.openCount).toBe(2);
    expect(tree.roots[0]?.attributes).not.toHaveProperty('logfire.span_type');
    await inEveryOrder(
      [
        placeholders,
        [span({ endNanos: START + 9_000n, attributes: { 'logfire.span_type': 'span' } })],
        [span({ spanId: CHILD, parentSpanId: ROOT, name: 'part', endNanos: START + 5_000n })],
      ],
      async (log) => {
        const tree = await treeOf(log, TRACE);
        expect(outlineOf(tree)).toBe('work(part)');
        expect(tree.openCount).toBe(0);
        expect(tree.spanCount).toBe(2);
      },
    );
  });

  it('[OT10] reads Judgment snapshots', async () => {
    const snapshot = (update: bigint, state: string, endNanos = START) =>
      span({ endNanos, attributes: { 'judgment.update_id': update, state } });
    const { url, log } = await startTestGateway();
    for (const one of [snapshot(1n, 'second'), snapshot(0n, 'first')])
      await post(url, 'protobuf', spansBody('protobuf', [one]));
    expect((await treeOf(log, TRACE)).roots[0]).toMatchObject({
      state: 'open',
      attributes: { state: 'second' },
    });
    await inEveryOrder(
      [[snapshot(0n, 'first')], [snapshot(1n, 'second')], [snapshot(2n, 'last', START + 4_000n)]],
      async (log) => {
        const [root] = (await treeOf(log, TRACE)).roots;
        expect(root).toMatchObject({ state: 'closed', attributes: { state: 'last' } });
        expect(root?.attributes).not.toHaveProperty('judgment.update_id');
      },
    );
  });

  it.each(['protobuf', 'json'] as const)(
    '[OT11] reads heartbeats in log records, in %s',
    async (encoding) => {
      const { url, log } = await startTestGateway();
      const body = {
        resourceSpans: [
          {
            resource: { attributes: keyValues('json', { 'service.name': 'beating' }) },
            scopeSpans: [
              {
                spans: [
                  {
                    ...spanMessage('json', span({ endNanos: START })),
                    // Protobuf's own JSON: ids in base64, enums by name.
                    traceId: Buffer.from(TRACE, 'hex').toString('base64'),
                    kind: 'SPAN_KIND_CLIENT',
                  },
                ],
              },
            ],
          },
        ],
      };
      const beat = (event: string) =>
        logsBody(encoding, [
          {
            traceId: '',
            spanId: '',
            body: JSON.stringify(body),
            attributes: { 'partial.event': event, 'partial.frequency': '5000ms' },
          },
        ]);
      for (const event of ['heartbeat', 'heartbeat', 'stop'])
        expect(await post(url, encoding, beat(event), { signal: 'logs' })).toMatchObject({
          status: 200,
          rejected: 0,
        });
      expect(await eventsOf(log, TRACE)).toHaveLength(1);
      expect((await treeOf(log, TRACE)).roots[0]).toMatchObject({
        state: 'open',
        name: 'work',
        attributes: { 'service.name': 'beating', 'otel.kind': 'client' },
      });
    },
  );

  it('[OT15] ends a run with its root, or with what was open then', async () => {
    const { url } = await startTestGateway({ tracker: { graceMs: 50, quietMs: 600_000 } });
    const child = span({ spanId: CHILD, parentSpanId: ROOT, name: 'part' });
    await post(url, 'protobuf', spansBody('protobuf', [child, span({ endNanos: START + 1_000n })]));
    const client = createClient({ url });
    onTestFinished(() => client.close());
    const run = client.watch(TRACE);
    await eventually(() => run.status === 'live' && run.tree.spanCount === 2, 'it is watched');
    const late = { ...child, endNanos: START + 2_000n };
    await post(url, 'protobuf', spansBody('protobuf', [late]));
    await eventually(() => run.status === 'ended', 'the run is over');
    expect(run.tree.openCount).toBe(0);
  });

  it('[OT14, PROM7] calls silent ones lost, and repairs that', async () => {
    const { url, log } = await startTestGateway({
      otlpLeaseMs: 400,
      leases: { settleMs: 0, everyMs: 50, mostGapMs: 5_000 },
    });
    await post(url, 'protobuf', spansBody('protobuf', [span(), span({ spanId: CHILD })]));
    await eventually(
      async () => [...(await treeOf(log, TRACE)).roots].every(({ state }) => state === 'lost'),
      'both are lost',
    );
    const end = [span({ endNanos: START + 2_000n })];
    await post(url, 'protobuf', spansBody('protobuf', end));
    const tree = await treeOf(log, TRACE);
    expect(tree.roots.map(({ state }) => state)).toEqual(['closed', 'lost']);
  });

  it('[OT14] keeps what gives a sign of life, though it is nothing new', async () => {
    const { url, log } = await startTestGateway({
      otlpLeaseMs: 1_500,
      leases: { settleMs: 0, everyMs: 50, mostGapMs: 5_000 },
    });
    const silent = 'a3'.repeat(16);
    const body = spansBody('protobuf', [span()]);
    await post(url, 'protobuf', body);
    await post(url, 'protobuf', spansBody('protobuf', [span({ traceId: silent })]));
    // A trace that lapses beside it says that the time was long enough.
    await eventually(async () => {
      await post(url, 'protobuf', body);
      return (await treeOf(log, silent)).roots[0]?.state === 'lost';
    }, 'the silent one is lost');
    expect((await treeOf(log, TRACE)).roots[0]?.state).toBe('open');
    expect(await eventsOf(log, TRACE)).toHaveLength(1);
  });
});
