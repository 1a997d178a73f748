import { fieldsOf } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { startArchiveGateway } from '../../support/query/archive-gateway.ts';
import { sampleRuns, spanId, traceId } from '../../support/query/sample-runs.ts';

interface Document {
  openapi: string;
  paths: Record<
    string,
    { get?: { summary?: string; parameters?: { name: string; in: string }[] } }
  >;
  components: { schemas: Record<string, { properties: Record<string, unknown> }> };
}

describe('[Q20] the OpenAPI document', () => {
  it('names every route, and the parameters it takes', async () => {
    const { get } = await startArchiveGateway(sampleRuns(1));
    const { body } = await get<Document>('/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const paths = Object.keys(body.paths);
    for (const path of ['/runs', '/spans', '/stats', '/ingest', '/blobs', '/blobs/{hash}'])
      expect(paths).toContain(`/api/v1${path}`);
    const ids = { traceId: traceId(1), spanId: spanId(1) };
    for (const [path, { get: route }] of Object.entries(body.paths)) {
      if (!/^\/api\/v1\/(runs|spans|stats)/.test(path)) continue;
      expect(route?.summary, path).toBeDefined();
      const names = (route?.parameters ?? [])
        .filter((parameter) => parameter.in === 'query')
        .map(({ name }) => name);
      const address = path
        .replace('/api/v1', '')
        .replace(/\{(\w+)\}/g, (_, id: keyof typeof ids) => ids[id]);
      // A parameter it takes is complained of for its value, if at all; any other for its name.
      for (const name of [...names, 'nonsense']) {
        const { status, body } = await get<{ detail?: string }>(address, { [name]: '\u0001' });
        const isUnknown = status === 400 && /no such parameter/.test(body.detail ?? '');
        expect({ path, name, isUnknown }).toEqual({ path, name, isUnknown: name === 'nonsense' });
      }
      if (path === '/api/v1/runs') expect(names).toEqual(expect.arrayContaining(fieldsOf('run')));
      if (path === '/api/v1/spans') expect(names).toEqual(expect.arrayContaining(fieldsOf('span')));
    }
  });

  it('describes every property of the rows', async () => {
    const { get } = await startArchiveGateway(sampleRuns(2));
    const { schemas } = (await get<Document>('/openapi.json')).body.components;
    const { runs } = (await get<{ runs: object[] }>('/runs')).body;
    const { spans } = (await get<{ spans: object[] }>('/spans')).body;
    const { stats } = (await get<{ stats: object[] }>('/stats', { by: 'name' })).body;
    for (const [name, rows] of Object.entries({ Run: runs, Span: spans, Stats: stats })) {
      expect(rows.length).toBeGreaterThan(0);
      const known = Object.keys(schemas[name]?.properties ?? {});
      for (const row of rows) expect(known).toEqual(expect.arrayContaining(Object.keys(row)));
    }
  });
});
