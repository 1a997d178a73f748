import { type RunRow, type SpanRow } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { startArchiveGateway } from '../../support/query/archive-gateway.ts';
import { runRow, spanRow } from '../../support/query/rows.ts';
import { QUESTION, sampleRuns, spanId, traceId } from '../../support/query/sample-runs.ts';
import { hashBlob } from '../../support/codec/hash-blob.ts';
import { startTestGateway } from '../../support/gateway.ts';

type JsonSpan = Omit<SpanRow, 'input' | 'output'> & {
  input?: Record<string, unknown>;
  output?: Record<string, unknown>;
};

describe('one run of the record', () => {
  it('[Q16] is found by its id, also while it goes on, and so are its spans', async () => {
    const runs = sampleRuns(3);
    const { get } = await startArchiveGateway(runs);
    const { status, body } = await get<RunRow>(`/runs/${traceId(3)}`);
    expect(status).toBe(200);
    expect(body).toEqual(runs[2]?.run);
    expect(body).toMatchObject({ status: 'running', currentStep: 'trip 3', openCount: 1 });
    const spans = await get<{ spans: JsonSpan[] }>(`/runs/${traceId(2)}/spans`);
    expect(spans.body.spans.map((row) => row.name)).toEqual(['trip 2', 'chat', 'search_trains']);
    const { input } = spans.body.spans[1] ?? {};
    expect(input).toMatchObject({ mediaType: 'application/json', list: true });
    expect(input?.['parts']).toEqual([
      { ref: expect.stringMatching(/^[0-9a-f]{32}$/) as string },
      { text: JSON.stringify(QUESTION[1]) },
    ]);
  });

  it('[Q16] gives inputs and outputs whole with payloads=full', async () => {
    const { get } = await startArchiveGateway(sampleRuns(2));
    const { body } = await get<{ spans: JsonSpan[] }>(`/runs/${traceId(2)}/spans`, {
      payloads: 'full',
    });
    expect(body.spans[1]?.input).toMatchObject({ value: QUESTION });
    expect(body.spans[1]?.input).not.toHaveProperty('parts');
    expect(body.spans[2]).toMatchObject({
      input: { value: { to: 'Basel' } },
      output: { value: 'train number 2' },
    });
  });

  it('[Q16] says in its place which value is gone, malformed, or above the bound', async () => {
    const bytes = new Uint8Array(12 * 1024 * 1024).fill(0x61);
    const big = { ref: hashBlob(bytes), bytes };
    const text = { mediaType: 'text/plain', bytes: bytes.length, preview: 'a' } as const;
    const liar = { ...text, bytes: 1, parts: [big.ref] };
    const json = { mediaType: 'application/json', bytes: 1, preview: '{' } as const;
    const inputs = [
      { ...text, parts: [big.ref] },
      { ...text, parts: [big.ref] },
      liar,
      { ...text, bytes: 20, parts: [new Uint8Array(16)] },
      { ...json, parts: ['{'] },
      { ...text, bytes: 5, parts: ['small'] },
    ];
    const spans = inputs.map((input, i) => ({
      row: spanRow({
        traceId: traceId(1),
        spanId: spanId(i + 1),
        input,
        ...(i + 1 < inputs.length ? { parentSpanId: spanId(i + 2) } : {}),
      }),
      searchText: '',
    }));
    const run = runRow({ traceId: traceId(1) });
    const { get } = await startArchiveGateway([{ run, spans, blobs: [big] }]);
    const { body } = await get<{ path: JsonSpan[] }>(`/runs/${traceId(1)}/path/${spanId(1)}`, {
      payloads: 'full',
    });
    const told = body.path.map(({ input = {} }) =>
      'value' in input ? 'there' : input['valueMissing'],
    );
    expect(told).toEqual([
      'there',
      'TOO_LARGE',
      'TOO_LARGE',
      'NOT_FOUND',
      'EVENT_INVALID',
      'there',
    ]);
    expect(body.path.map(({ input }) => input !== undefined && 'parts' in input)).toEqual(
      told.map((one) => one !== 'there'),
    );
  });

  it('[Q16] looks for a value in the log when the archive has not got it', async () => {
    const bytes = new TextEncoder().encode('sent again later');
    const ref = hashBlob(bytes);
    const input = { mediaType: 'text/plain', bytes: 16, preview: 'sent', parts: [ref] } as const;
    const id = traceId(1);
    const row = spanRow({ traceId: id, spanId: spanId(1), input: { ...input, parts: [ref] } });
    const { get, log } = await startArchiveGateway([
      { run: runRow({ traceId: id }), spans: [{ row, searchText: '' }] },
    ]);
    const ask = async () =>
      (await get<{ path: JsonSpan[] }>(`/runs/${id}/path/${spanId(1)}`, { payloads: 'full' })).body
        .path[0]?.input;
    expect(await ask()).toMatchObject({
      valueMissing: 'NOT_FOUND',
      parts: [{ ref: expect.any(String) }],
    });
    await log.putBlobs({ project: 'default', streamId: id }, [{ ref, bytes }]);
    expect(await ask()).toMatchObject({ value: 'sent again later' });
  });

  it('[Q17] leads from any span to the root, each step with what it was given and gave', async () => {
    const { get } = await startArchiveGateway(sampleRuns(2));
    const { body } = await get<{ path: JsonSpan[] }>(`/runs/${traceId(2)}/path/${spanId(3)}`, {
      payloads: 'full',
    });
    expect(body.path.map((row) => row.name)).toEqual(['search_trains', 'chat', 'trip 2']);
    expect(body.path[0]).toMatchObject({
      error: { message: 'rate limit of 10/s' },
      input: { value: { to: 'Basel' } },
      output: { value: 'train number 2' },
    });
    expect(body.path[1]).toMatchObject({
      input: { value: QUESTION },
      outputText: 'Take the night train.',
    });
    const root = await get<{ path: JsonSpan[] }>(`/runs/${traceId(2)}/path/${spanId(1)}`);
    expect(root.body.path).toHaveLength(1);
  });
});

describe('events of one run', () => {
  const id = traceId(7);
  const open = {
    type: 'open',
    spanId: spanId(1),
    name: 'x',
    spanType: 'step',
    startUs: 1,
  } as const;
  const close = { type: 'close', spanId: spanId(1), endUs: 2, status: 'ok' } as const;

  async function lines(url: string, headers: Record<string, string> = {}) {
    const response = await fetch(url, { headers });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, type, text, lines: text.trim().split('\n') };
  }

  it('[Q18] are lines of JSON, or server-sent events, from any cursor', async () => {
    const gateway = await startTestGateway({ tracker: {} });
    await gateway.append(id, [open, close], { fin: true });
    const url = `${gateway.url}/api/v1/runs/${id}/events`;
    const whole = await lines(url, { accept: 'application/x-ndjson' });
    expect(whole.type).toBe('application/x-ndjson; charset=utf-8');
    const parse = ({ lines }: { lines: string[] }): Record<string, unknown>[] =>
      lines
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter(({ type }) => type !== 'subscribed' && type !== 'live');
    const events = parse(whole);
    expect(events.map(({ type }) => type)).toEqual(['open', 'close', 'end']);
    expect(events[0]).toMatchObject({ ...open, cursor: expect.any(String) as string });
    const cursor = String(events[0]?.['cursor']);
    expect(parse(await lines(`${url}?format=ndjson&after=${cursor}`))).toEqual(events.slice(1));
    const sse = await lines(url);
    expect(sse.type).toBe('text/event-stream; charset=utf-8');
    expect(sse.text).toContain(`id: ${cursor}\nevent: open\n`);
    const named = await lines(`${url}?format=sse`, { accept: 'application/x-ndjson' });
    expect(named.type).toBe(sse.type);
  });

  it('[Q18] of a run that goes on end with follow=false when all there is has been sent', async () => {
    const gateway = await startTestGateway();
    await gateway.append(id, [open]);
    const url = `${gateway.url}/api/v1/runs/${id}/events?format=ndjson&follow=false`;
    const types = (await lines(url)).lines.map((line) => (JSON.parse(line) as typeof open).type);
    expect(types.slice(-2)).toEqual(['open', 'live']);
  });

  it('[Q18] of a run that is not there are 404, unless it is waited for', async () => {
    const gateway = await startTestGateway();
    const url = `${gateway.url}/api/v1/runs/${id}/events?format=ndjson`;
    const missing = await lines(url);
    expect(missing).toMatchObject({
      status: 404,
      type: expect.stringMatching(/^application\/problem\+json/) as string,
    });
    const leaving = new AbortController();
    const response = await fetch(`${url}&follow=true`, { signal: leaving.signal });
    const reader = (response.body ?? new ReadableStream())
      .pipeThrough(new TextDecoderStream())
      .getReader();
    await gateway.append(id, [open]);
    let text = '';
    while (!text.includes('"open"')) text += (await reader.read()).value ?? '';
    leaving.abort();
  });
});
