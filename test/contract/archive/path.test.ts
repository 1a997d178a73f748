import { describe, expect, it } from 'vitest';
import { ARCHIVES } from './archives.ts';
import {
  archived,
  commitOf,
  entriesFrom,
  newSpan,
  newTrace,
  spanRow,
  streamOf,
} from './samples.ts';

describe.each(ARCHIVES)('paths in $name', ({ open }) => {
  it('leads from a span to the root, or to where the parent is not known', async () => {
    const archive = await open();
    const trace = newTrace();
    const root = spanRow(trace);
    const chain = [root];
    for (let depth = 1; depth < 200; depth++)
      chain.push(spanRow(trace, { parentSpanId: chain[depth - 1]?.spanId ?? '' }));
    const orphan = spanRow(trace, { parentSpanId: newSpan() });
    const beside = spanRow(trace, { parentSpanId: root.spanId });
    // A span of the same id in another run is another span.
    const other = newTrace();
    const twin = spanRow(other, { spanId: root.spanId, parentSpanId: orphan.spanId });
    const rows = [...chain, orphan, beside].reverse();
    await archive.commit([
      commitOf(trace, entriesFrom(1, 1), { spans: rows.map((row) => archived(row)) }),
      commitOf(other, entriesFrom(1, 1), { spans: [archived(twin)] }),
    ]);
    const path = (spanId = '') => archive.path(streamOf(trace), spanId);
    expect(await path(chain.at(-1)?.spanId)).toEqual(chain.toReversed());
    expect(await path(beside.spanId)).toEqual([beside, root]);
    expect(await path(root.spanId)).toEqual([root]);
    expect(await path(orphan.spanId)).toEqual([orphan]);
    expect(await path(newSpan())).toEqual([]);
  });

  it('names each span once where parents go round in a circle', async () => {
    const archive = await open();
    const trace = newTrace();
    const ids = [newSpan(), newSpan(), newSpan()];
    const rows = ids.map((spanId, i) =>
      spanRow(trace, { spanId, parentSpanId: ids[(i + 1) % 3] ?? '' }),
    );
    const itself = newSpan();
    const loop = spanRow(trace, { spanId: itself, parentSpanId: itself });
    const spans = [...rows, loop].map((row) => archived(row));
    await archive.commit([commitOf(trace, entriesFrom(1, 1), { spans })]);
    expect(await archive.path(streamOf(trace), ids[1] ?? '')).toEqual([rows[1], rows[2], rows[0]]);
    expect(await archive.path(streamOf(trace), itself)).toEqual([loop]);
  });
});
