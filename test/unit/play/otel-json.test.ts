import { describe, expect, it } from 'vitest';
import { otelJson } from '../../../server/src/play/formats/otel-json/read.ts';
import type { RecordedRun } from '../../../server/src/play/index.ts';
import { fixture } from '../../support/play/fixture.ts';
import { countsOf, shapeOf } from '../../support/play/run-shape.ts';

const LANGGRAPH = 'monocle/langgraph-multi-agent.json.gz';
const DEER_FLOW = 'deer-flow-otel/web-research-ev-battery.json.gz';

describe('recorded OpenTelemetry spans', () => {
  it.each([
    [LANGGRAPH, { spans: 43, model: 10, tool: 6, agent: 6, depth: 6, failed: 0 }],
    [DEER_FLOW, { spans: 17, model: 4, tool: 6, agent: 2, depth: 5, failed: 0 }],
  ])('%s has its spans, parents first though written last', async (path, counts) => {
    const shape = shapeOf(await fixture(path));
    expect(shape.problems).toEqual([]);
    expect(countsOf(shape)).toEqual(counts);
  });

  it("Monocle's entities and events become the conventions' attributes, input, output and usage", async () => {
    const run = await fixture(LANGGRAPH);
    expect(run).toMatchObject({
      service: 'langchain_agent_1',
      sourceTraceId: '3dcec6d7ae1db2cd21eae1074c8a6bb1',
    });
    const { spans } = shapeOf(run);
    expect(spans.get('860d29a9b8e5a883')).toMatchObject({
      open: {
        parentKey: '9b184bdeaf0d8b79',
        spanType: 'model',
        startUs: Date.parse('2025-11-19T03:43:08.934Z') * 1_000 + 385,
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.provider.name': 'openai',
        },
        input: [
          { role: 'system', content: expect.stringMatching(/^You manage a hotel/) },
          { role: 'user', content: expect.stringMatching(/^book a flight/) },
        ],
      },
      close: {
        status: 'ok',
        output: { ai: { name: 'get_weather', args: { city: 'JFK' } } },
        usage: { inputTokens: 269, outputTokens: 15, totalTokens: 284 },
        attributes: { 'gen_ai.response.finish_reasons': ['tool_calls'] },
      },
    });
  });
});

describe('spans written by hand', () => {
  const span = (id: number, more: object = {}): object => ({
    name: `span ${id}`,
    context: { trace_id: '0x'.concat('a'.repeat(32)), span_id: hex(id) },
    parent_id: null,
    start_time: '2025-01-01T00:00:01.000001Z',
    end_time: '2025-01-01T00:00:02Z',
    status: { status_code: 'UNSET' },
    attributes: {},
    events: [],
    links: [],
    ...more,
  });
  const hex = (id: number): string => `0x${String(id).padStart(16, '0')}`;
  const read = async (...spans: object[]): Promise<RecordedRun[]> =>
    otelJson.read({ file: 'spans.json', text: JSON.stringify(spans) });

  it('an exception becomes the error of a failed span', async () => {
    const [run] = await read(
      span(1, {
        status: { status_code: 'ERROR', description: 'ValueError: bad' },
        events: [
          {
            name: 'exception',
            timestamp: '2025-01-01T00:00:01.5Z',
            attributes: {
              'exception.type': 'ValueError',
              'exception.message': 'bad',
              'exception.stacktrace': 'Traceback …',
            },
          },
        ],
      }),
    );
    expect(run?.actions.at(-1)).toMatchObject({
      type: 'close',
      status: 'error',
      error: { type: 'ValueError', message: 'bad', stack: 'Traceback …' },
    });
  });

  it('each trace of a file is a run; a span exported twice is one span', async () => {
    const other = span(2, { context: { trace_id: 'b'.repeat(32), span_id: hex(2) } });
    const runs = await read(span(1), span(1), other);
    expect(runs.map(({ name }) => name)).toEqual(['spans:aaaaaa', 'spans:bbbbbb']);
    expect(runs.map((run) => shapeOf(run).spans.size)).toEqual([1, 1]);
  });

  it('a parent that is not in the file is kept as an attribute, and parents in a circle end', async () => {
    const [run] = await read(
      span(1, { parent_id: hex(9) }),
      span(2, { parent_id: hex(3) }),
      span(3, { parent_id: hex(2) }),
    );
    const shape = shapeOf(run ?? { name: '', service: '', actions: [] });
    expect(shape.problems).toEqual([]);
    expect(shape.spans.get(hex(1).slice(2))?.open).toMatchObject({
      attributes: { 'otel.parent_span_id': hex(9).slice(2) },
    });
    expect(shape.spans.size).toBe(3);
  });

  it('a child whose clock is ahead of its parent opens behind it, with its own start', async () => {
    const [run] = await read(
      span(2, { parent_id: hex(1), start_time: '2025-01-01T00:00:00Z' }),
      span(1),
    );
    expect(run?.actions.map(({ type, key }) => `${type} ${Number(key)}`)).toEqual([
      'open 1',
      'open 2',
      'close 2',
      'close 1',
    ]);
    expect(run?.actions[1]).toMatchObject({ startUs: Date.parse('2025-01-01') * 1_000 });
  });

  it('one span a line is read too, and a malformed span is named', async () => {
    const lines = [span(1), span(2, { parent_id: hex(1) })].map((item) => JSON.stringify(item));
    const [run] = await otelJson.read({ file: 'spans.jsonl', text: `${lines.join('\n')}\n` });
    expect(run?.actions).toHaveLength(4);
    await expect(async () => read(span(1), span(2, { start_time: 'soon' }))).rejects.toThrow(
      'spans.json, span 2: `start_time` is missing or malformed',
    );
  });
});
