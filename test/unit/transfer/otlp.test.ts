import { RunTree, treeToJson, type SpanJson } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { fromOtlp } from '../../../server/src/transfer/otlp/from-otlp.ts';
import { toOtlp } from '../../../server/src/transfer/otlp/to-otlp.ts';
import { generateRun } from '../../support/generate-run.ts';

describe('OTLP/JSON', () => {
  it('is written as the specification says, and read back as the same spans', () => {
    const { traceId, events } = generateRun(51);
    const tree = new RunTree(traceId);
    for (const event of events) tree.apply(event);
    const [root] = tree.roots;
    if (root === undefined) throw new Error('a run has a root');
    tree.apply({
      type: 'update',
      spanId: root.spanId,
      seq: 1_000,
      logs: [
        { timeUs: 1_764_000_000_000_123, message: 'note', level: 'warn', attributes: { n: 1 } },
      ],
      attributes: {
        text: 't',
        int: 7,
        float: 0.5,
        yes: true,
        none: null,
        list: [1, 'two', [3]],
        map: { inner: { deep: -1 } },
      },
    });
    const contents = new Map(
      [...tree.walk()].map(({ span }) => [
        span.spanId,
        { input: [span.name], output: `out ${span.name}` },
      ]),
    );
    const json = toOtlp(
      tree,
      (span) => contents.get(span.spanId) ?? { input: undefined, output: undefined },
    );
    const [resource] = json.resourceSpans;
    expect(resource?.resource?.attributes).toEqual([
      { key: 'service.name', value: { stringValue: 'generated' } },
    ]);
    const first = resource?.scopeSpans?.[0]?.spans?.[0];
    expect(first).toMatchObject({ traceId, spanId: root.spanId, kind: 1 });
    expect(first?.startTimeUnixNano).toBe(`${root.startUs}000`);
    expect(first?.attributes).toContainEqual({ key: 'int', value: { intValue: '7' } });

    const read = fromOtlp('file', JSON.parse(JSON.stringify(json)) as typeof json);
    const again = new RunTree(traceId);
    for (const { open, close, logs } of read) {
      again.apply(open);
      if (logs.length > 0) again.apply({ type: 'update', spanId: open.spanId, seq: 0, logs });
      if (close !== undefined) again.apply(close);
    }
    expect(treeToJson(again).spans.map(comparable)).toEqual(treeToJson(tree).spans.map(comparable));
    for (const { open, input, output } of read)
      expect({ input, output }).toEqual(contents.get(open.spanId));
  });

  it.each<[string, object]>([
    ['ids of zeros', { traceId: '0'.repeat(32), spanId: '0'.repeat(16) }],
    ['a time that is none', { startTimeUnixNano: 'soon' }],
    ['attributes that are no list', { attributes: 7 }],
  ])('says which span has %s', (_what, change) => {
    const span = {
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      name: 'bad one',
      startTimeUnixNano: '1',
      endTimeUnixNano: '2',
      ...change,
    };
    const json = { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] };
    expect(() => fromOtlp('some/file.json', json)).toThrow(/some\/file\.json.*bad one/);
  });

  it('reads what other programs leave out', () => {
    const json = {
      resourceSpans: [
        {
          resource: {},
          scopeSpans: [
            {
              spans: [
                {
                  traceId: 'a'.repeat(32),
                  spanId: 'b'.repeat(16),
                  name: 'open',
                  startTimeUnixNano: '1764000000000000000',
                  endTimeUnixNano: '0',
                },
              ],
            },
            {},
          ],
        },
      ],
    };
    expect(fromOtlp('file', json)).toEqual([
      {
        traceId: 'a'.repeat(32),
        open: {
          type: 'open',
          spanId: 'b'.repeat(16),
          name: 'open',
          spanType: 'step',
          startUs: 1_764_000_000_000_000,
          attributes: {},
        },
        logs: [],
      },
    ]);
  });
});

/** Without what OTLP does not carry. */
function comparable(span: SpanJson): object {
  const { input: _i, output: _o, outputText: _t, outputComplete: _c, attributes, ...rest } = span;
  const { 'service.name': _service, ...kept } = attributes;
  return { ...rest, attributes: kept };
}
