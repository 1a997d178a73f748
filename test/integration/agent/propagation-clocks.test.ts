import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { createTracer, type Tracer } from '@spantail/agent';
import { RunTree, toRunRow, toSpanRow, type TraceEvent } from '@spantail/protocol';
import { COLOURED, renderRun } from 'spantail';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { foldTree, makeTracer, outline } from '../../support/agent/make-tracer.ts';
import { watchedTree } from '../../support/agent/watched-tree.ts';
import { startTestGateway } from '../../support/gateway.ts';

const SHIFTS_MS = [-5_000, 0, 5_000];
const SUPPORT = join(import.meta.dirname, '../../support/agent');

/** A way a context goes from one process into another. */
type Carry = (caller: Tracer, remote: Tracer) => ReturnType<Tracer['extract']>;

const CARRIERS: [string, Carry][] = [
  [
    'HTTP headers',
    (caller, remote) => {
      const headers = new Headers({ accept: '*/*' });
      caller.inject(headers);
      return remote.extract(headers);
    },
  ],
  [
    'the environment',
    (caller, remote) => {
      const environment: Record<string, string> = { PATH: '/bin' };
      caller.inject(environment, { names: 'environment' });
      return remote.extract(environment);
    },
  ],
  [
    "an MCP message's _meta",
    (caller, remote) => {
      const params = { name: 'x', _meta: { progressToken: 7 } };
      caller.inject(params._meta);
      return remote.extract((JSON.parse(JSON.stringify(params)) as typeof params)._meta);
    },
  ],
  [
    "a queued message's metadata",
    (caller, remote) => {
      const headers: Record<string, unknown> = { retries: Buffer.from('3') };
      caller.inject(headers, { values: 'bytes' });
      return remote.extract(headers);
    },
  ],
];

/** Both sides' events: a caller with siblings around its call, and a remote with two steps. */
async function bothSides(carry: Carry, shiftMs: number): Promise<[TraceEvent[], TraceEvent[]]> {
  const caller = makeTracer({ service: 'caller' });
  const remote = makeTracer({ service: 'remote' });
  const beginUs = Date.now() * 1_000;
  const here = (ms: number): number => beginUs + ms * 1_000;
  const there = (ms: number): number => here(ms + shiftMs);
  const root = caller.tracer.startSpan('root', { type: 'agent', startUs: here(0) });
  root.startSpan('before', { startUs: here(1) }).end({ endUs: here(2) });
  const call = root.startSpan('wait for remote', { startUs: here(3) });
  const parent = caller.tracer.withSpan(call, () => carry(caller.tracer, remote.tracer));
  expect(parent?.spanId).toBe(call.spanId);
  const far = remote.tracer.startSpan('remote', { type: 'agent', parent, startUs: there(4) });
  far.startSpan('first', { startUs: there(5) }).end({ endUs: there(6) });
  far.startSpan('second', { startUs: there(7) }).end({ endUs: there(8) });
  far.end({ endUs: there(9) });
  call.end({ endUs: here(10) });
  root.startSpan('after', { startUs: here(11) }).end({ endUs: here(12) });
  root.end({ endUs: here(13) });
  return [await caller.events(), await remote.events()];
}

const ACTIVITY = { ended: true, firstActivityUs: 0, lastActivityUs: 0, eventCount: 1 };
const WHOLE = 'root(before wait for remote(remote(first second)) after)';

function expectSane(tree: RunTree): void {
  for (const { span } of tree.walk()) {
    const { durationUs } = toSpanRow(tree, span);
    if (durationUs !== undefined) expect(durationUs).toBeGreaterThanOrEqual(0);
  }
  expect(toRunRow(tree, ACTIVITY).durationUs).toBeGreaterThanOrEqual(0);
}

describe.each(CARRIERS)('a trace over %s', (_, carry) => {
  it.each(SHIFTS_MS)(
    '[TC10, TR1, TR2] is one tree in whatever order its events come, clocks %s ms apart',
    async (shiftMs) => {
      const [near, far] = await bothSides(carry, shiftMs);
      const traceId = 'a'.repeat(32);
      for (const events of [
        [...near, ...far],
        [...far, ...near],
      ])
        expect(outline(foldTree(traceId, events).roots)).toBe(WHOLE);
      const all = [...near, ...far];
      const orders = fc.shuffledSubarray(all, { minLength: all.length });
      fc.assert(
        fc.property(orders, (events) => {
          const tree = new RunTree(traceId);
          for (const event of events) {
            tree.apply(event);
            expectSane(tree);
          }
          expect(outline(tree.roots)).toBe(WHOLE);
          expect(tree.openCount).toBe(0);
          const [root] = tree.roots;
          expect(root?.orphan).toBe(false);
          expect(toRunRow(tree, ACTIVITY).name).toBe('root');
        }),
        { numRuns: 50 },
      );
    },
  );
});

describe('two processes', () => {
  it.each(SHIFTS_MS.filter((ms) => ms !== 0))(
    '[TC10, TRC7] with clocks %s ms apart, the remote first: one tree, and what the terminal shows is sane',
    async (shiftMs) => {
      const gateway = await startTestGateway({ tracker: {} });
      const tracer = createTracer({ url: gateway.url, service: 'caller', flushIntervalMs: 60_000 });
      onTestFinished(async () => {
        await tracer.shutdown();
      });
      const child = async (environment: Record<string, string>): Promise<void> => {
        const argv = [
          '--conditions=source',
          '--import',
          join(SUPPORT, 'shift-clock.ts'),
          join(SUPPORT, 'child-agent.ts'),
        ];
        await promisify(execFile)(process.execPath, argv, {
          env: {
            ...process.env,
            ...environment,
            CLOCK_SHIFT_MS: `${shiftMs}`,
            SPANTAIL_URL: gateway.url,
          },
        });
      };
      const root = tracer.startSpan('root');
      await tracer.flush();
      // From here on nothing of the caller is sent before the child has ended.
      const call = root.startSpan('wait for remote');
      const environment: Record<string, string> = {};
      tracer.inject(environment, { span: call, names: 'environment' });
      await child(environment);
      call.end();
      root.end();
      await tracer.flush();
      const tree = await watchedTree(gateway.url, root.traceId);
      expect(outline(tree.roots)).toBe('root(wait for remote(agent 0(work)))');
      const remote = tree.roots[0]?.children[0]?.children[0];
      const apartUs = (remote?.startUs ?? 0) - (tree.roots[0]?.startUs ?? 0);
      expect(Math.sign(apartUs)).toBe(Math.sign(shiftMs));
      expectSane(tree);
      const frame = renderRun(tree, {
        nowUs: Date.now() * 1_000,
        columns: 100,
        rows: 24,
        style: COLOURED,
        status: 'live',
      });
      const shown = stripVTControlCharacters(frame);
      expect(shown).toContain('agent 0');
      expect(shown).not.toMatch(/-\d|NaN/);
    },
  );
});
