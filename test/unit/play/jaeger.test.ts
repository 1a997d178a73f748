import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jaeger } from '../../../server/src/play/formats/jaeger/read.ts';
import { detectFormat, loadRuns, type RecordedRun } from '../../../server/src/play/index.ts';
import { FIXTURES_FOLDER, readFixture } from '../../support/play/read-fixture.ts';
import { shapeOf, type RunShape } from '../../support/play/run-shape.ts';

interface Answer {
  data: { traceID: string; spans: Record<string, unknown>[]; processes: Record<string, object> }[];
}

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const AGENT = '00f067aa0ba902b7';
const MODEL = 'b7ad6b7169203331';
const TOOL = '0000000000000001';
const START_US = 1_764_000_000_000_000;

async function read(text: string): Promise<RecordedRun[]> {
  return jaeger.read({ file: 'j.json', text });
}

function only(runs: RecordedRun[]): RunShape {
  expect(runs).toHaveLength(1);
  const [run = { name: '', service: '', actions: [] }] = runs;
  const shape = shapeOf(run);
  expect(shape.problems).toEqual([]);
  return shape;
}

describe("a trace as Jaeger's page downloads it", () => {
  it('is told from the others, and gives a run with its spans, parents first', async () => {
    const [loaded] = await loadRuns([join(FIXTURES_FOLDER, 'jaeger.json')]);
    expect(loaded).toMatchObject({
      format: 'jaeger',
      run: { name: 'jaeger', service: 'harbour', sourceTraceId: TRACE },
    });
    const { spans } = only(loaded === undefined ? [] : [loaded.run]);
    expect([...spans.keys()]).toEqual([AGENT, MODEL, TOOL]);
    expect(spans.get(AGENT)).toMatchObject({
      open: {
        name: 'invoke_agent sailor',
        spanType: 'agent',
        startUs: START_US,
        attributes: {
          'gen_ai.agent.name': 'sailor',
          'gen_ai.conversation.id': 'conv-7',
          'telemetry.sdk.language': 'python',
        },
        // Of another trace, whose ids are without their zeros.
        links: [{ traceId: '1'.padStart(32, '0'), spanId: '2'.padStart(16, '0') }],
      },
      close: { endUs: START_US + 3_000_000, status: 'unset' },
    });
    expect(spans.get(MODEL)).toMatchObject({
      open: {
        parentKey: AGENT,
        spanType: 'model',
        attributes: {
          'gen_ai.request.model': 'gpt-4o',
          'otel.kind': 'client',
          'otel.scope.name': 'opentelemetry.instrumentation.openai',
        },
        input: [{ role: 'user', parts: [{ type: 'text', content: 'Tides in Brest?' }] }],
      },
      close: {
        status: 'ok',
        usage: { inputTokens: 120, outputTokens: 30 },
        attributes: { 'gen_ai.response.finish_reasons': ['tool_calls'] },
      },
    });
    expect(spans.get(MODEL)?.open.attributes).not.toHaveProperty('internal.span.format');
  });

  it('an id without its zeros is the whole id; a failed span has its exception', async () => {
    const { spans } = only(await read(JSON.stringify(readFixture('jaeger.json'))));
    expect(spans.get(TOOL)).toMatchObject({
      open: { parentKey: AGENT, spanType: 'tool', input: { port: 'Brest' } },
      close: {
        status: 'error',
        error: {
          type: 'TimeoutError',
          message: 'no answer',
          stack: expect.stringMatching(/^Traceback/),
        },
      },
    });
  });

  it('logs are logs, at their times', async () => {
    const [run] = await read(JSON.stringify(readFixture('jaeger.json')));
    const logs = run?.actions.flatMap((action) => ('logs' in action ? action.logs : []));
    expect(logs).toEqual([
      { timeUs: START_US + 2_100_000, message: 'retry', attributes: { attempt: 2 } },
    ]);
  });
});

describe('other shapes of it', () => {
  const answer = (): Answer => readFixture('jaeger.json') as Answer;

  it('a single trace, a list of traces, and stored spans, one a line, give the same run', async () => {
    const { data } = answer();
    const [trace] = data;
    const stored = (trace?.spans ?? []).map(({ processID, ...span }) => ({
      ...span,
      process: trace?.processes[String(processID)],
    }));
    const texts = [trace, data].map((value) => JSON.stringify(value, null, 2));
    const lines = stored.map((span) => `${JSON.stringify(span)}\n`).join('');
    const [whole] = await read(JSON.stringify(answer()));
    for (const text of [...texts, lines]) {
      expect(detectFormat(text)?.name).toBe('jaeger');
      expect(await read(text)).toEqual([whole]);
    }
  });

  it('each trace of a file is a run', async () => {
    const { data } = answer();
    const other = JSON.parse(JSON.stringify(data[0]).replaceAll(TRACE, 'b'.repeat(32))) as object;
    const runs = await read(JSON.stringify({ data: [...data, other] }));
    expect(runs.map(({ name }) => name)).toEqual(['j:80319c', 'j:bbbbbb']);
  });

  it('a file that is cut off, and a span without its fields, are named', async () => {
    const text = JSON.stringify(answer());
    await expect(read(text.slice(0, 700))).rejects.toThrow(
      /^j\.json, line 1, column 701: .*cut off/,
    );
    const damaged = answer();
    Object.assign(damaged.data[0]?.spans[1] ?? {}, { startTime: 'soon' });
    await expect(read(JSON.stringify(damaged))).rejects.toThrow(
      'j.json, trace 1, span 2: `startTime` is missing or malformed',
    );
    await expect(read('{"data":[{"traceID":"1","spans":[]}]}')).rejects.toThrow(/no spans/);
  });
});
