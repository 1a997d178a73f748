import { describe, expect, it } from 'vitest';
import { otlpJson } from '../../../server/src/play/formats/otlp-json/read.ts';
import { detectFormat, type JsonValue, type RecordedRun } from '../../../server/src/play/index.ts';
import { toOtlp } from '../../../server/src/transfer/otlp/to-otlp.ts';
import { fixture } from '../../support/play/fixture.ts';
import { countsOf, shapeOf, type RunShape } from '../../support/play/run-shape.ts';
import { playIntoTree } from '../../support/record/play-into-tree.ts';

const TRACE = '5b8efff798038103d269b633813fc60c';
const ROOT = 'eee19b7ec3c1b174';
const CHILD = 'eee19b7ec3c1b173';

const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });

function request(...spans: object[]): JsonValue {
  return {
    resourceSpans: [
      {
        resource: { attributes: [text('service.name', 'shop')] },
        scopeSpans: [{ scope: { name: 'my.lib' }, spans }],
      },
    ],
  } as unknown as JsonValue;
}

const root = {
  traceId: TRACE.toUpperCase(),
  spanId: ROOT,
  name: 'invoke_agent clerk',
  kind: 1,
  startTimeUnixNano: '1764000000000001999',
  endTimeUnixNano: '1764000003000000000',
  attributes: [text('gen_ai.operation.name', 'invoke_agent')],
};
const child = {
  traceId: TRACE,
  spanId: CHILD,
  parentSpanId: ROOT,
  name: 'chat small',
  kind: 'SPAN_KIND_CLIENT',
  startTimeUnixNano: '1764000001000000000',
  endTimeUnixNano: 1_764_000_002_000_000_000,
  attributes: [
    text('gen_ai.operation.name', 'chat'),
    { key: 'gen_ai.usage.input_tokens', value: { intValue: '12' } },
  ],
  events: [
    { timeUnixNano: '1764000001500000000', name: 'first token', attributes: [text('n', 'one')] },
  ],
  status: { code: 2, message: 'overloaded' },
};

function read(content: unknown): RecordedRun[] {
  const file = typeof content === 'string' ? content : JSON.stringify(content);
  expect(detectFormat(file)?.name).toBe('otlp-json');
  return otlpJson.read({ file: 'o.json', text: file }) as RecordedRun[];
}

function only(runs: RecordedRun[]): RunShape {
  expect(runs).toHaveLength(1);
  return shapeOf(runs[0] ?? { name: '', service: '', actions: [] });
}

/** As protobuf's own JSON writes it. */
function withBase64Ids(span: Record<string, unknown>): object {
  const base64 = (id: unknown): string => Buffer.from(String(id), 'hex').toString('base64');
  const { traceId, spanId, parentSpanId } = span;
  return {
    ...span,
    traceId: base64(traceId),
    spanId: base64(spanId),
    ...(parentSpanId === undefined ? {} : { parentSpanId: base64(parentSpanId) }),
  };
}

function snakeCased(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(snakeCased);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snakeCased(item),
    ]),
  );
}

describe('a request of OTLP/JSON', () => {
  it('is a run of its spans, parents first', () => {
    const [run] = read(request(child, root));
    expect(run).toMatchObject({ name: 'o', service: 'shop', sourceTraceId: TRACE });
    const { spans, problems } = only(read(request(child, root)));
    expect(problems).toEqual([]);
    expect(spans.get(ROOT)).toMatchObject({
      open: { spanType: 'agent', startUs: 1_764_000_000_000_001 },
      close: { endUs: 1_764_000_003_000_000 },
    });
    expect(spans.get(CHILD)).toMatchObject({
      open: { parentKey: ROOT, spanType: 'model', attributes: { 'otel.kind': 'client' } },
      close: {
        status: 'error',
        error: { message: 'overloaded' },
        usage: { inputTokens: 12 },
      },
    });
    const logs = run?.actions.flatMap((action) => ('logs' in action ? action.logs : []));
    expect(logs).toMatchObject([{ message: 'first token', attributes: { n: 'one' } }]);
  });

  it('a line each, in a list, from Jaeger, with base64 ids and in snake case is the same run', () => {
    const whole = read(request(child, root));
    const parts = [request(child), request(root)];
    const lines = parts.map((part) => JSON.stringify(part)).join('\n');
    const logs = '{"resourceLogs":[]}';
    for (const content of [
      lines,
      `${lines}\n${logs}\n`,
      parts,
      { result: request(child, root) },
      request(withBase64Ids(child), withBase64Ids(root)),
      snakeCased(request(child, root)),
    ])
      expect(read(content)).toEqual(whole);
  });

  it('a span without an end stays open, and one that was exported again counts as it was last', () => {
    const open = { ...child, endTimeUnixNano: '0', events: [], status: {} };
    const { endTimeUnixNano: _, ...without } = child;
    for (const span of [open, without]) {
      const { spans, problems } = only(read(request(root, span)));
      expect(problems).toEqual([`${CHILD} never ends`]);
      expect(spans.get(CHILD)?.close).toBeUndefined();
    }
    for (const both of [
      [open, child],
      [child, open],
    ])
      expect(read(request(root, ...both))).toEqual(read(request(root, child)));
  });

  it('a parent that is not in the file is kept as an attribute; each trace is a run', () => {
    const other = { ...child, traceId: 'b'.repeat(32) };
    const runs = read(request(root, child, other));
    expect(runs.map(({ name }) => name)).toEqual(['o:3fc60c', 'o:bbbbbb']);
    const [opening] = runs[1]?.actions ?? [];
    expect(opening).toMatchObject({ attributes: { 'otel.parent_span_id': ROOT } });
    expect(opening).not.toHaveProperty('parentKey');
  });

  it('a file that is cut off, and a span without its ids, are named', () => {
    const lines = [request(root), request(child)].map((part) => JSON.stringify(part)).join('\n');
    expect(() => read(lines.slice(0, -9))).toThrow(/^o\.json, line 2: .*cut off/);
    expect(() => read(JSON.stringify(request(root)).slice(0, -9))).toThrow(/line 1, column .*cut/);
    expect(() => read([request(root), request({ ...child, spanId: 'zz' })])).toThrow(
      /^o\.json, span 2: not OTLP\/JSON: .*spanId/,
    );
    expect(() => read(request())).toThrow('o.json: there are no spans in this file');
    expect(() => read({ resourceSpans: 7 })).toThrow(/resourceSpans is not a list/);
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    expect(() => read(`{"resource_spans":${deep}}`)).toThrow(/^o\.json: not OTLP\/JSON/);
  });
});

describe('a run that Spantail exported', () => {
  it.each(['monocle/langgraph-multi-agent.json.gz', 'claude-code/tool-heavy.jsonl'])(
    '%s comes back as it was',
    async (path) => {
      const run = await fixture(path);
      const { tree } = await playIntoTree(run, TRACE);
      const exported = toOtlp(tree, () => ({ input: { some: 'input' }, output: 'done' }));
      const [back] = read(exported);
      const shape = shapeOf(back ?? { name: '', service: '', actions: [] });
      expect(shape.problems).toEqual([]);
      expect(countsOf(shape)).toEqual(countsOf(shapeOf(run)));
      expect(back?.service).toBe(run.service);
      for (const { open, close } of shape.spans.values()) {
        expect(open.input).toEqual({ some: 'input' });
        expect(close?.output).toBe('done');
      }
    },
  );
});
