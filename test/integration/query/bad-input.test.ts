import { request as httpRequest } from 'node:http';
import { describe, expect, it } from 'vitest';
import { startTestGateway } from '../../support/gateway.ts';
import { MemoryArchive } from '../../support/memory-archive.ts';
import { getJson, startArchiveGateway } from '../../support/query/archive-gateway.ts';
import { sampleRuns, spanId, traceId } from '../../support/query/sample-runs.ts';
import { SpantailError } from '@spantail/protocol';

interface Problem {
  code: string;
  detail: string;
  parameter?: string;
  position?: number;
}

describe('a query that is wrong', () => {
  it.each<[string, string, number | undefined, RegExp]>([
    ['/runs?statsu=error', 'statsu', undefined, /did you mean "status"/],
    ['/runs?type=tool', 'type', undefined, /no such parameter here/],
    ['/runs?@key=1', '@key', undefined, /no such parameter here/],
    ['/spans?service=x', 'service', undefined, /no such parameter here/],
    ['/spans?__proto__=x', '__proto__', undefined, /no such parameter/],
    ['/spans?constructor=x', 'constructor', undefined, /no such parameter/],
    ['/runs?=x', '', undefined, /no such parameter/],
    ['/runs?status=ok&status=error', 'status', undefined, /give this parameter once/],
    ['/runs?q=a&q=b', 'q', undefined, /give this parameter once/],
    ['/spans?@a=1&@a=2', '@a', undefined, /give this parameter once/],
    ['/runs?status=', 'status', 0, /a value must follow/],
    ['/runs?status=done', 'status', 0, /one of running, ok, error, lost, not "done"/],
    ['/runs?status=>ok', 'status', 0, /takes no ">"/],
    ['/runs?duration=>5', 'duration', 1, /a duration with its unit/],
    ['/runs?tokens=many', 'tokens', 0, /a whole number/],
    ['/runs?start=>yesterday', 'start', 1, /a time such as/],
    ['/spans?@n=>x', '@n', 0, /takes no ">"/],
    ['/runs?q=status:error%20duration:>5', 'q', 23, /a duration with its unit/],
    ['/runs?q=(a', 'q', 0, /not closed/],
    ["/runs?q='%20OR%201=1;--", 'q', 0, /no letter or digit/],
    ['/runs?q=%22a', 'q', 0, /this quote is not closed/],
    [`/runs?q=${'('.repeat(40)}`, 'q', 32, /at most 32 deep/],
    [`/runs?q=${'a+'.repeat(101)}`, 'q', 200, /at most 100 terms/],
    [`/runs?q=${'a'.repeat(5_000)}`, 'q', undefined, /at most 4096 characters/],
    ['/runs?sort=name', 'sort', undefined, /one of -start, start, /],
    ['/runs?sort=--start', 'sort', undefined, /one of -start/],
    ...['0', '1001', '-1', '1.5', 'x', '', '1e2', '0x10', ' 5', '9'.repeat(40)].map(
      (limit): [string, string, undefined, RegExp] => [
        `/runs?limit=${encodeURIComponent(limit)}`,
        'limit',
        undefined,
        /a whole number from 1 to 1000/,
      ],
    ),
    ['/runs?next=x', 'next', undefined, /no "next" of an answer/],
    [`/runs?next=${'A'.repeat(2_000)}`, 'next', undefined, /no "next" of an answer/],
    [`/runs?next=${Buffer.from('[1,2,3]').toString('base64url')}`, 'next', undefined, /no "next"/],
    [`/runs?next=${Buffer.from('null').toString('base64url')}`, 'next', undefined, /no "next"/],
    ['/stats?by=color', 'by', undefined, /one of agent, model, /],
    ['/stats?every=1ms', 'every', undefined, /a duration from 1s on/],
    ['/stats?every=week', 'every', undefined, /a duration from 1s on/],
    ['/stats?sort=start', 'sort', undefined, /no such parameter/],
    [`/runs/${traceId(1)}?x=1`, 'x', undefined, /there are none/],
    [`/runs/${traceId(1)}/spans?payloads=all`, 'payloads', undefined, /one of reference, full/],
    [`/runs/${traceId(1)}/path/xyz`, 'spanId', undefined, /16 lower-case hex digits/],
    [`/runs/${traceId(1)}/events?folow=true`, 'folow', undefined, /did you mean "follow"/],
    [`/runs/${traceId(1)}/events?format=xml`, 'format', undefined, /one of sse, ndjson/],
  ])('[Q15] %s is 400 and names "%s"', async (path, parameter, position, detail) => {
    const { get } = await startArchiveGateway(sampleRuns(1));
    const answer = await get<Problem>(path);
    expect(answer.body).toMatchObject({ code: 'QUERY_INVALID', parameter });
    expect(answer.body.position).toBe(position);
    expect(answer.body.detail).toMatch(detail);
    expect(answer).toMatchObject({ status: 400 });
    expect(answer.type).toMatch(/^application\/problem\+json/);
  });

  it.each([
    "'; DROP TABLE spans;--",
    '" OR "" = "',
    'NEAR("a" "b", 2)',
    'a AND NOT b* {name}:^x + "',
    "x' UNION SELECT * FROM runs --",
    '\0',
    '%_\\',
    '\u202eevil',
    '🚂'.repeat(500),
    'a & b | !c <-> d:*',
  ])('[Q15] hostile text is only text: %j', async (text) => {
    const { get } = await startArchiveGateway(sampleRuns(2));
    const named = await get<{ spans: object[] }>('/spans', {
      name: `"${text.replace(/["\\]/g, '\\$&')}"`,
    });
    expect(named).toMatchObject({ status: 200, body: { spans: [] } });
    const found = await get('/spans', { q: `"${text.replace(/["\\]/g, '\\$&')}"` });
    expect([200, 400]).toContain(found.status);
    expect((await get<{ runs: object[] }>('/runs')).body.runs).toHaveLength(2);
  });

  it('[Q14] a "next" of another query, route or order is refused', async () => {
    const { get } = await startArchiveGateway(sampleRuns(5));
    const { body } = await get<{ next: string }>('/runs', { limit: '2', status: '!=lost' });
    const { next } = body;
    expect(next).toBeDefined();
    const same = { status: '!=lost', next };
    expect((await get('/runs', { ...same, limit: '1' })).status).toBe(200);
    for (const [path, parameters] of [
      ['/runs', { next }],
      ['/runs', { ...same, status: 'ok' }],
      ['/runs', { ...same, sort: 'start' }],
      ['/runs', { ...same, q: 'x' }],
      ['/spans', same],
      [`/runs/${traceId(1)}/spans`, { next }],
    ] as const) {
      const answer = await get<Problem>(path, parameters);
      expect(answer).toMatchObject({ status: 400, body: { parameter: 'next' } });
      expect(answer.body.detail).toMatch(/belongs to another query/);
    }
    const changed = JSON.parse(Buffer.from(next, 'base64url').toString()) as unknown[];
    changed[2] = "1'; DROP";
    const forged = Buffer.from(JSON.stringify(changed)).toString('base64url');
    expect(await get('/runs', { ...same, next: forged })).toMatchObject({ status: 400 });
  });

  it.each([
    [`/runs/${traceId(99)}`, 404, 'NOT_FOUND'],
    [`/runs/${traceId(99)}/spans`, 404, 'NOT_FOUND'],
    [`/runs/${traceId(99)}/path/${spanId(1)}`, 404, 'NOT_FOUND'],
    [`/runs/${traceId(99)}/events`, 404, 'NOT_FOUND'],
    [`/runs/${traceId(1)}/path/${spanId(99)}`, 404, 'NOT_FOUND'],
    ['/runs/xyz', 400, 'TRACE_ID_INVALID'],
    [`/runs/${'A1'.repeat(16)}/spans`, 400, 'TRACE_ID_INVALID'],
    [`/runs/${'0'.repeat(32)}/path/${spanId(1)}`, 400, 'TRACE_ID_INVALID'],
    ['/runs/@runs/events', 400, 'TRACE_ID_INVALID'],
    ['/runs/%2e%2e%2fx', 400, 'TRACE_ID_INVALID'],
    [`/runs/${traceId(1)}/events?after=x`, 400, 'CURSOR_INVALID'],
  ])('[Q15] %s is %i %s', async (path, status, code) => {
    const gateway = await startArchiveGateway(sampleRuns(1));
    await gateway.append(traceId(1), [
      { type: 'open', spanId: spanId(1), name: 'x', spanType: 'step', startUs: 1 },
    ]);
    const answer = await gateway.get<Problem>(path);
    expect(answer).toMatchObject({ status, body: { code, status } });
    expect(answer.type).toMatch(/^application\/problem\+json/);
  });

  it('[Q15] a filter of a megabyte is refused before it is read, and says what it may be', async () => {
    const { url } = await startArchiveGateway([]);
    const text = await new Promise<string>((resolve, reject) => {
      const request = httpRequest(`${url}/api/v1/runs?q=${'a'.repeat(100_000)}`, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => resolve(`${response.statusCode} ${body}`));
      });
      request.on('error', reject).end();
    });
    expect(text).toMatch(/^413 .*"code":"TOO_LARGE".*a filter \(q\) has at most 4096 characters/);
    expect(text).toContain('"parameter":"q"');
  });

  it('[Q8] the longest filter comes through, whatever its characters', async () => {
    const { get } = await startArchiveGateway([]);
    const q = `"${'漢'.repeat(4_094)}"`;
    expect(await get('/runs', { q })).toMatchObject({ status: 200 });
  });
});

describe('without a record', () => {
  it.each(['/runs', '/spans', '/stats', `/runs/${traceId(1)}`, `/runs/${traceId(1)}/spans`])(
    '[Q15] %s is 404 and says so',
    async (path) => {
      const { url } = await startTestGateway();
      expect(await getJson(url)<Problem>(path)).toMatchObject({
        status: 404,
        body: { code: 'NOT_FOUND', detail: expect.stringContaining('--archive none') as string },
      });
    },
  );

  it('[Q15] that answers at the moment, the status is 503, with Retry-After', async () => {
    const archive = new MemoryArchive();
    archive.runs = () =>
      Promise.reject(new SpantailError('ARCHIVE_UNAVAILABLE', 'the disk is full'));
    const { url } = await startArchiveGateway([], archive);
    const response = await fetch(`${url}/api/v1/runs`);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toMatchObject({ code: 'ARCHIVE_UNAVAILABLE' });
  });
});
