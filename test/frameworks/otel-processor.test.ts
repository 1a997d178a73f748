import type { WatchedRun, WatchedSpan } from '@spantail/client';
import { decodeEvent, decodeEventArray } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { outline } from '../support/agent/make-tracer.ts';
import { watchedTree } from '../support/agent/watched-tree.ts';
import { connect } from '../support/client/connect.ts';
import { FrameworkProgram } from '../support/frameworks/framework-program.ts';
import { eventually, startTestGateway } from '../support/gateway.ts';

/** OpenTelemetry's JS SDK in both majors that are about. */
const MAJORS = ['2', '3'];

const FIRST_CHUNK = [{ message: 'first chunk', attributes: { size: 7 } }];

function spansOf(run: WatchedRun): WatchedSpan[] {
  return [...run.tree.walk()].map(({ span }) => span);
}

function find(run: WatchedRun, name: string): WatchedSpan | undefined {
  return spansOf(run).find((span) => span.name === name);
}

describe.each(MAJORS)('a span processor for OpenTelemetry %s', (major) => {
  it('[SP1, SP2, SP3, SP4, SP5, PROM1] shows spans from start to end, with what changes between', async () => {
    const gateway = await startTestGateway({ tracker: {} });
    const program = new FrameworkProgram('programs/otel/steps.ts', [major], {
      SPANTAIL_URL: gateway.url,
      OTEL_SERVICE_NAME: 'forecaster',
    });
    const run = connect(gateway).watch(await program.line(0));
    await eventually(() => find(run, 'chat small') !== undefined, 'the model call is there');
    const model = find(run, 'chat small');
    expect(model?.state).toBe('open');
    expect(model?.spanType).toBe('model');
    expect(model?.attributes).toMatchObject({
      'gen_ai.request.model': 'small',
      'gen_ai.provider.name': 'test',
      'otel.kind': 'client',
      'otel.scope.name': 'program',
    });
    expect(await model?.input?.load()).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'how is the weather?' }] },
    ]);
    expect(outline(run.tree.roots)).toBe('invoke_agent weather(chat small)');
    const [root] = run.tree.roots;
    expect(root?.state).toBe('open');
    expect(root?.spanType).toBe('agent');
    expect(root?.links).toEqual([
      { traceId: 'e'.repeat(32), spanId: 'f'.repeat(16), attributes: { why: 'earlier' } },
    ]);

    program.go();
    await program.line(1);
    await eventually(
      () => find(run, 'chat small')?.attributes['progress'] === 1,
      'an attribute set later is seen',
    );
    program.go();
    await program.line(2);
    await eventually(
      () => find(run, 'chat small')?.attributes['progress'] === 2,
      'an attribute that was replaced is seen',
    );
    program.go();
    await program.line(3);
    await eventually(() => find(run, 'chat smaller') !== undefined, 'the new name is seen');
    expect(find(run, 'chat smaller')?.state).toBe('open');
    expect(find(run, 'chat smaller')?.logs).toMatchObject(FIRST_CHUNK);
    program.go();
    await program.line(4);
    await eventually(
      () => find(run, 'execute_tool umbrella')?.state === 'closed',
      'the tool has failed',
    );
    const tool = find(run, 'execute_tool umbrella');
    expect(tool?.spanType).toBe('tool');
    expect(tool?.status).toBe('error');
    expect(tool?.error?.type).toBe('RangeError');
    expect(tool?.error?.message).toContain('umbrella');
    expect(run.tree.roots[0]?.state).toBe('open');
    program.go();
    await program.ended();
    await eventually(() => run.tree.openCount === 0, 'everything has ended');
    const done = find(run, 'chat smaller');
    expect(done?.state).toBe('closed');
    expect(done?.usage).toMatchObject({ inputTokens: 12, outputTokens: 3 });
    expect(done?.logs).toMatchObject(FIRST_CHUNK);
    expect(done?.logs).toHaveLength(1);
    expect(JSON.stringify(await done?.output?.load())).toContain('it rains');
    expect(run.tree.roots[0]?.attributes['service.name']).toBeTypeOf('string');
    expect(done?.attributes).not.toHaveProperty('service.name');
  });

  it('[SP4] beside an OTLP exporter to the same gateway there is one tree, nothing twice', async () => {
    const gateway = await startTestGateway({ tracker: { graceMs: 500 } });
    const args = [major, '', `${gateway.url}/v1/traces`];
    const program = new FrameworkProgram('programs/otel/steps.ts', args, {
      SPANTAIL_URL: gateway.url,
    });
    const traceId = await program.line(0);
    for (let at = 1; at <= 4; at++) {
      program.go();
      await program.line(at);
    }
    program.go();
    await program.ended();
    const tree = await watchedTree(gateway.url, traceId);
    expect(outline(tree.roots)).toBe('invoke_agent weather(chat smaller execute_tool umbrella)');
    expect(tree.openCount).toBe(0);
    const entries = await gateway.log.read(
      { project: 'default', streamId: traceId },
      { after: '0-0', maxEntries: 1_000, maxBytes: 1e9 },
    );
    const events = entries.flatMap(({ events }) => decodeEventArray(events)).map(decodeEvent);
    const spanId = tree.roots[0]?.spanId ?? '';
    const closes = events.filter((event) => event.type === 'close' && event.spanId === spanId);
    // It did come both ways.
    expect(closes).toHaveLength(2);
    const [model, tool] = tree.roots[0]?.children ?? [];
    expect(model?.logs).toMatchObject(FIRST_CHUNK);
    expect(model?.logs).toHaveLength(1);
    expect(model?.attributes['progress']).toBe(2);
    expect(model?.usage).toMatchObject({ inputTokens: 12, outputTokens: 3 });
    expect(tool?.error?.type).toBe('RangeError');
  });

  it('[SP6, PROM7] a killed process leaves its open spans lost', async () => {
    const gateway = await startTestGateway({
      tracker: { graceMs: 50 },
      leases: { settleMs: 0, everyMs: 200, mostGapMs: 2_000 },
    });
    const program = new FrameworkProgram('programs/otel/steps.ts', [major, '600'], {
      SPANTAIL_URL: gateway.url,
    });
    const run = connect(gateway).watch(await program.line(0));
    await eventually(() => run.tree.openCount === 2, 'two spans are open');
    await program.kill();
    await eventually(() => spansOf(run).every(({ state }) => state === 'lost'), 'both are lost');
  });

  it.each(['shutdown', 'flush'])(
    '[SP1] everything is there after %s, each span once',
    async (ending) => {
      const gateway = await startTestGateway({ tracker: {} });
      const program = new FrameworkProgram('programs/otel/plain.ts', [major, ending], {
        SPANTAIL_URL: gateway.url,
      });
      await program.ended();
      const [result, traceId = ''] = program.lines;
      expect(result).toBe('result 4950');
      const tree = await watchedTree(gateway.url, traceId);
      expect(tree.roots).toHaveLength(1);
      expect(tree.roots[0]?.children.map(({ name, state }) => `${name} ${state}`)).toEqual(
        Array.from({ length: 100 }, (_, i) => `step ${i} closed`),
      );
    },
  );

  it.each([
    ['nobody listens', 'http://127.0.0.1:1'],
    ['tracing is off', ''],
    ['the address cannot work', 'gopher://x'],
  ])('[SP7, PROM9] where %s the program does what it does without us', async (_, url) => {
    const program = new FrameworkProgram('programs/otel/plain.ts', [major], { SPANTAIL_URL: url });
    await program.ended();
    expect(program.lines[0]).toBe('result 4950');
    expect(program.lines).toHaveLength(2);
  });

  it.each(['by the context', 'by its address'])(
    '[SP8] its own requests make no spans, told %s',
    async (how) => {
      const gateway = await startTestGateway();
      const withContext = how === 'by the context' ? 'context' : 'none';
      const program = new FrameworkProgram('programs/otel/own-requests.ts', [major, withContext], {
        SPANTAIL_URL: gateway.url,
      });
      await program.ended();
      const said = JSON.parse(program.lines[0] ?? '') as { own: string[]; others: string[] };
      if (how === 'by the context') expect(said.own).toEqual([]);
      else expect(said.own.length).toBeGreaterThan(10);
      const tailOf = (streamId: string): Promise<unknown> =>
        gateway.log.tail({ project: 'default', streamId });
      for (const traceId of said.own) expect(await tailOf(traceId)).toBeUndefined();
      // One that the program makes itself is like any other span.
      expect(said.others).toHaveLength(1);
      expect(await tailOf(said.others[0] ?? '')).toBeDefined();
    },
  );
});
