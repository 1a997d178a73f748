import { describe, expect, it } from 'vitest';
import { ARCHIVES } from './archives.ts';
import {
  WHOLE,
  archived,
  blobOf,
  commitOf,
  entriesFrom,
  newTrace,
  runRow,
  spanRow,
  streamOf,
} from './samples.ts';

const QUERY = { project: 'default', sort: 'start', descending: true, limit: 100 } as const;

describe.each(ARCHIVES)('commits to $name', ({ open }) => {
  it('has all that a commit brought, exactly as it was', async () => {
    const archive = await open();
    const trace = newTrace();
    const blob = blobOf(Buffer.from('some bytes'));
    const root = spanRow(trace, {
      name: 'Näme "quoted"\n',
      agent: 'Researcher',
      model: 'GPT-x',
      provider: 'p',
      sessionId: 's-1',
      userId: 'Ü',
      inputTokens: 0,
      outputTokens: 7,
      cachedInputTokens: 1,
      reasoningTokens: 2,
      costUsd: 0.1 + 0.2,
      state: 'closed',
      status: 'error',
      error: { type: 'Timeout', message: 'too late', stack: 'at a\nat b' },
      attributes: { text: 'x', list: [1, 'b', null, { deep: true }], half: 0.5, no: null },
      input: {
        mediaType: 'application/json',
        bytes: 40,
        preview: '["a"',
        parts: ['"a"', blob.ref, { chunk: blob.ref, parts: 3 }],
        list: true,
      },
      output: { mediaType: 'text/plain', bytes: 2, preview: 'ok', parts: ['ok'] },
      outputText: 'partial '.repeat(2_000),
      logs: [{ timeUs: 5, message: 'note', level: 'warn', attributes: { a: 1 } }],
      links: [{ traceId: trace, spanId: '00000000000000aa', attributes: { b: [] } }],
    });
    const { startUs: _start, endUs: _end, durationUs: _duration, ...rest } = spanRow(trace);
    const unknown = { ...rest, state: 'unknown' as const, parentSpanId: root.spanId };
    const run = runRow(trace, {
      service: 'svc',
      agent: 'Researcher',
      endUs: 9_000_000,
      durationUs: 8_000_000,
      currentStep: 'Näme',
      models: ['GPT-x', 'other'],
      tags: ['a tag', 'B'],
      costUsd: 0.3,
      spanCount: 2,
      dropped: { events: 1, updates: 2, payloads: 3 },
    });
    const entries = entriesFrom(1_000, 3);
    const spans = [archived(root), archived(unknown)];
    expect(await archive.commit([commitOf(trace, entries, { blobs: [blob], run, spans })])).toEqual(
      ['committed'],
    );

    expect(await archive.run(streamOf(trace))).toEqual(run);
    expect(await archive.runSpans(streamOf(trace), 10)).toEqual({ rows: [root, unknown] });
    expect(await archive.read(streamOf(trace), WHOLE)).toEqual(entries);
    expect(await archive.getBlobs('default', [blob.ref])).toEqual([blob.bytes]);
    expect(await archive.position(streamOf(trace))).toEqual({ epoch: 'e1', position: '1002-0' });
  });

  it('knows nothing of a run that was never committed, nor of it in another project', async () => {
    const archive = await open();
    const trace = newTrace();
    const span = spanRow(trace);
    await archive.commit([commitOf(trace, entriesFrom(1, 2), { spans: [archived(span)] })]);
    for (const stream of [streamOf(newTrace()), streamOf(trace, 'other')]) {
      expect(await archive.position(stream)).toBeUndefined();
      expect(await archive.tail(stream)).toBeUndefined();
      expect(await archive.run(stream)).toBeUndefined();
      expect(await archive.read(stream, WHOLE)).toEqual([]);
      expect(await archive.runSpans(stream, 10)).toEqual({ rows: [] });
      expect(await archive.path(stream, span.spanId)).toEqual([]);
    }
    expect((await archive.spans({ ...QUERY, project: 'other' })).rows).toEqual([]);
  });

  it('takes a commit only where it stands, and a refused one leaves no trace', async () => {
    const archive = await open();
    const trace = newTrace();
    const stream = streamOf(trace);
    const first = commitOf(trace, entriesFrom(10, 2), { ended: false });
    await archive.commit([first]);
    const late = {
      blobs: [blobOf(Buffer.from('late'))],
      run: runRow(trace, { name: 'late' }),
      spans: [archived(spanRow(trace, { name: 'late' }))],
    };
    const elsewhere = [
      undefined,
      { epoch: 'e1', position: '10-0' },
      { epoch: 'e2', position: '11-0' },
      { epoch: 'e1', position: '11-1' },
    ];
    for (const expected of elsewhere)
      expect(
        await archive.commit([commitOf(trace, entriesFrom(20, 1), { ...late, expected })]),
      ).toEqual(['conflict']);
    const nobody = { ...late, expected: first.position };
    expect(await archive.commit([commitOf(newTrace(), entriesFrom(20, 1), nobody)])).toEqual([
      'conflict',
    ]);
    expect(await archive.position(stream)).toEqual(first.position);
    expect(await archive.read(stream, WHOLE)).toEqual(first.entries);
    expect(await archive.run(stream)).toEqual(first.run);
    expect((await archive.spans(QUERY)).rows).toEqual([]);
    expect(await archive.getBlobs('default', [late.blobs[0]?.ref ?? new Uint8Array()])).toEqual([
      undefined,
    ]);
  });

  it('judges each commit of a list by itself, and goes on with one run within it', async () => {
    const archive = await open();
    const [a, b] = [newTrace(), newTrace()];
    const first = commitOf(a, entriesFrom(1, 2), { ended: false });
    const next = commitOf(a, entriesFrom(3, 2), { expected: first.position });
    const stale = commitOf(a, entriesFrom(9, 1), { expected: first.position });
    const other = commitOf(b, entriesFrom(1, 1));
    expect(await archive.commit([first, next, stale, other])).toEqual([
      'committed',
      'committed',
      'conflict',
      'committed',
    ]);
    expect(await archive.read(streamOf(a), WHOLE)).toEqual([...first.entries, ...next.entries]);
    expect(await archive.read(streamOf(b), WHOLE)).toEqual(other.entries);
    expect(await archive.commit([])).toEqual([]);
  });

  it('lets one of several that come from the same place through', async () => {
    const archive = await open();
    const trace = newTrace();
    let expected: { epoch: string; position: string } | undefined;
    for (let round = 0; round < 10; round++) {
      const rivals = Array.from({ length: 4 }, (_, i) =>
        commitOf(trace, entriesFrom(10 * round + 1 + i, 1), {
          expected,
          run: runRow(trace, { name: `round ${round} rival ${i}` }),
        }),
      );
      const outcomes = await Promise.all(rivals.map((rival) => archive.commit([rival])));
      const winners = rivals.filter((_, i) => outcomes[i]?.[0] === 'committed');
      expect(winners).toHaveLength(1);
      expected = winners[0]?.position;
      expect(await archive.position(streamOf(trace))).toEqual(expected);
      expect(await archive.run(streamOf(trace))).toEqual(winners[0]?.run);
    }
    expect(await archive.read(streamOf(trace), WHOLE)).toHaveLength(10);
  });

  it('has a changed span once, as it is now, found by its new text and not by its old one', async () => {
    const archive = await open();
    const trace = newTrace();
    const { endUs: _end, durationUs: _duration, ...rest } = spanRow(trace, { name: 'before' });
    const opened = { ...rest, state: 'open' as const, status: 'unset' as const };
    const still = spanRow(trace, { name: 'still', startUs: 1_500_000 });
    const first = commitOf(trace, entriesFrom(1, 1), {
      spans: [archived(opened, 'early words'), archived(still)],
      ended: false,
    });
    const closed = spanRow(trace, { spanId: opened.spanId, name: 'after', costUsd: 1 });
    const second = commitOf(trace, entriesFrom(2, 1), {
      expected: first.position,
      spans: [archived(closed, 'later words')],
    });
    await archive.commit([first]);
    await archive.commit([second]);
    expect((await archive.runSpans(streamOf(trace), 10)).rows).toEqual([closed, still]);
    const found = async (phrase: string) =>
      (await archive.spans({ ...QUERY, filter: { kind: 'text', phrase } })).rows;
    expect(await found('early words')).toEqual([]);
    expect(await found('later words')).toEqual([closed]);
    expect(await found('still')).toEqual([still]);
    const field = { kind: 'field', field: 'status', operator: '=', value: 'open' } as const;
    expect((await archive.spans({ ...QUERY, filter: field })).rows).toEqual([]);
  });
});
