import { createClient, QueryError, SpantailError } from '@spantail/client';
import { createQuery, type QuerySpan } from '@spantail/client/query';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startArchiveGateway } from '../../support/query/archive-gateway.ts';
import { QUESTION, sampleRuns, spanId, traceId } from '../../support/query/sample-runs.ts';

async function start(count: number) {
  const gateway = await startArchiveGateway(sampleRuns(count));
  return { ...gateway, query: createQuery({ url: gateway.url }) };
}

describe("[Q21] the client's query", () => {
  it('is awaited for a page and iterated for all rows', async () => {
    const { query } = await start(7);
    const page = await query.runs({ limit: 3, sort: 'start' });
    expect(page.rows.map((run) => run.name)).toEqual(['trip 1', 'trip 2', 'trip 3']);
    const rest = await query.runs({ limit: 3, sort: 'start', next: page.next ?? '' });
    expect(rest.rows.map((run) => run.name)).toEqual(['trip 4', 'trip 5', 'trip 6']);
    const names: string[] = [];
    for await (const run of query.runs({ limit: 2, status: '!=running' })) names.push(run.name);
    expect(names).toEqual(['trip 6', 'trip 5', 'trip 4', 'trip 3', 'trip 2', 'trip 1']);
    const sizes: number[] = [];
    for await (const { rows } of query.spans({ limit: 10 }).pages()) sizes.push(rows.length);
    expect(sizes).toEqual([10, 10, 1]);
  });

  it('asks no further than its user goes', async () => {
    const { url } = await startArchiveGateway(sampleRuns(5));
    const asked: string[] = [];
    const query = createQuery({
      url,
      fetch: (input, init) => {
        asked.push(new Request(input).url);
        return fetch(input, init);
      },
    });
    for await (const run of query.runs({ limit: 2 })) if (run.name === 'trip 4') break;
    expect(asked).toHaveLength(1);
    expect(query.runs({})).toBeDefined();
    expect(asked).toHaveLength(1);
  });

  it('takes a filter, fields and attributes, whatever is in them', async () => {
    const { query } = await start(6);
    const found = await query.spans({
      q: 'type:model',
      agent: 'PLANNER',
      '@gen_ai.request.temperature': '>0.3',
      sort: '-cost',
    });
    expect(found.rows.map((row) => row.costUsd)).toEqual([0.06, 0.04]);
    expect((await query.spans({ name: 'a&b=c #%\ud800' })).rows).toEqual([]);
    expect((await query.stats({ by: 'model', type: 'model' })).map(({ group }) => group)).toEqual([
      'claude-opus-4-6',
      'gpt-5.2',
    ]);
  });

  it('gives one run, its spans and paths, with inputs and outputs that load', async () => {
    const { query, log } = await start(2);
    expect((await query.run(traceId(2))).status).toBe('running');
    const spans: QuerySpan[] = [];
    for await (const span of query.runSpans(traceId(1), { limit: 2 })) spans.push(span);
    expect(spans.map((span) => span.name)).toEqual(['trip 1', 'chat', 'search_trains']);
    expect(await spans[2]?.output?.load()).toBe('train number 1');
    // Blobs load through the log's route.
    const { blobs = [] } = sampleRuns(1)[0] ?? {};
    await log.putBlobs({ project: 'default', streamId: traceId(1) }, blobs);
    expect(await spans[1]?.input?.load()).toEqual(QUESTION);
    const path = await query.path(traceId(2), spanId(3), { payloads: 'full' });
    expect(path.map((span) => span.name)).toEqual(['search_trains', 'chat', 'trip 2']);
    expect(path[1]?.input?.value).toEqual(QUESTION);
    expect(await path[1]?.input?.load()).toEqual(QUESTION);
  });

  it("fails with the gateway's words", async () => {
    const { query } = await start(1);
    const wrong = await failure(query.runs({ q: 'a duration:>5' }));
    expect(wrong).toBeInstanceOf(QueryError);
    expect(wrong).toMatchObject({ code: 'QUERY_INVALID', parameter: 'q', position: 12 });
    expect(wrong.message).toMatch(/^q: "duration" is a duration .*\n {2}a duration:>5\n {14}\^$/);
    expect(await failure(query.run(traceId(9)))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await failure(query.path(traceId(1), '../..'))).toMatchObject({ parameter: 'spanId' });
    expect(await failure(query.run('../x'))).toMatchObject({ code: 'TRACE_ID_INVALID' });
  });

  it('ends by its signal, and with its client', async () => {
    const { url } = await startArchiveGateway([]);
    const never: typeof fetch = (_input, init) =>
      new Promise((_, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new Error('aborted')));
      });
    const client = createClient({ url, fetch: never });
    onTestFinished(() => client.close());
    const leaving = new AbortController();
    const left = failure(client.query.runs({ signal: leaving.signal }));
    leaving.abort(new Error('enough'));
    expect((await left).message).toBe('enough');
    expect((await failure(client.query.runs({ signal: leaving.signal }))).message).toBe('enough');
    const closed = failure(client.query.stats());
    client.close();
    expect(await closed).toMatchObject({ code: 'LOG_UNAVAILABLE' });
    const { gateway } = await startArchiveGateway([]);
    const query = createQuery({ url: gateway.url });
    await gateway.close();
    expect(await failure(query.runs())).toMatchObject({
      code: 'LOG_UNAVAILABLE',
      message: `no gateway answers at ${gateway.url}`,
    });
  });
});

async function failure(asked: PromiseLike<unknown>): Promise<Error> {
  try {
    await asked;
  } catch (error) {
    if (error instanceof Error || error instanceof SpantailError) return error;
  }
  throw new Error('nothing was thrown');
}
