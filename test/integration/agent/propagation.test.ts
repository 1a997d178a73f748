import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTracer } from '@spantail/agent';
import { createClient } from '@spantail/client';
import { onTestFinished, describe, expect, it } from 'vitest';
import { startTestGateway } from '../../support/gateway.ts';
import { startRedis } from '../../support/redis-server.ts';
import { outline, makeTracer } from '../../support/agent/make-tracer.ts';
import { watchedTree } from '../../support/agent/watched-tree.ts';

const CHILD = join(import.meta.dirname, '../../support/agent/child-agent.ts');

describe('a trace across processes', () => {
  it.each(['gateway', 'redis'])(
    '[TRC7] goes through the environment into child processes, publishing to %s',
    async (target) => {
      const redis = target === 'redis' ? await startRedis() : undefined;
      if (redis !== undefined) onTestFinished(() => redis.stop());
      const gateway = await startTestGateway({
        tracker: {},
        ...(redis === undefined ? {} : { redis: redis.url }),
      });
      const url = redis?.url ?? gateway.url;
      const tracer = createTracer({ url, service: 'parent' });
      onTestFinished(async () => {
        await tracer.shutdown();
      });
      const traceId = await tracer.run('root', async (run) => {
        await run.tool('spawn', async () => {
          const environment: Record<string, string> = {};
          expect(tracer.inject(environment, { names: 'environment' })).toBe(true);
          await promisify(execFile)(process.execPath, ['--conditions=source', CHILD, '1'], {
            env: { ...process.env, ...environment, SPANTAIL_URL: url },
          });
        });
        return run.traceId;
      });
      await tracer.flush();
      const tree = await watchedTree(gateway.url, traceId);
      expect(outline(tree.roots)).toBe('root(spawn(agent 1(work agent 0(work))))');
      const child = tree.roots[0]?.children[0]?.children[0];
      expect(child?.attributes['service.name']).toBe('child-1');
      expect(child?.state).toBe('closed');
    },
  );

  it('[TRC7, TC4, TC5] goes through HTTP headers into a remote agent, tracestate and baggage too', async () => {
    const gateway = await startTestGateway({ tracker: {} });
    const far = createTracer({ url: gateway.url, service: 'far' });
    const near = createTracer({ url: gateway.url, service: 'near' });
    const server = createServer((request, response) => {
      const parent = far.extract(request.headers);
      void far.run('remote', { parent }, () => {
        const onwards: Record<string, string> = {};
        far.inject(onwards);
        response.end(JSON.stringify(onwards));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(async () => {
      server.close();
      await near.shutdown();
      await far.shutdown();
    });
    const caller = near.extract({
      traceparent: `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`,
      tracestate: 'vendor=1',
      baggage: 'user=7',
    });
    let onwards: unknown;
    await near.run('local', { parent: caller }, async (run) => {
      const headers: Record<string, string> = { TraceParent: 'old', accept: '*/*' };
      near.inject(headers);
      expect(headers).not.toHaveProperty('TraceParent');
      await run.tool('call', async (span) => {
        near.inject(headers, { span });
        const { port } = server.address() as AddressInfo;
        onwards = await (await fetch(`http://127.0.0.1:${port}`, { headers })).json();
      });
    });
    expect(onwards).toMatchObject({ tracestate: 'vendor=1', baggage: 'user=7' });
    await near.flush();
    await far.flush();
    const tree = await watchedTree(gateway.url, 'c'.repeat(32));
    expect(outline(tree.roots)).toBe('local(call(remote))');
    expect(tree.roots[0]).toMatchObject({ orphan: true, parentSpanId: 'd'.repeat(16) });
  });

  it('[TRC7] without a span nothing is injected, and nothing valid means a trace of its own', () => {
    const { tracer } = makeTracer();
    const carrier: Record<string, string> = { traceparent: 'kept' };
    expect(tracer.inject(carrier)).toBe(false);
    expect(carrier).toEqual({ traceparent: 'kept' });
    const parent = tracer.extract({ traceparent: `00-${'0'.repeat(32)}-${'d'.repeat(16)}-01` });
    expect(parent).toBeUndefined();
    const span = tracer.startSpan('x', { parent });
    span.end();
    expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('publishing to real logs', () => {
  it.each(['embedded', 'redis', 'redis cluster', 'gateway on redis'])(
    '[PUB1, PUB6, PROM10] %s: what was published is what is watched, payloads whole',
    async (target) => {
      const redis =
        target === 'embedded'
          ? undefined
          : await startRedis({ cluster: target === 'redis cluster' });
      if (redis !== undefined) onTestFinished(() => redis.stop());
      const gateway = await startTestGateway({
        tracker: {},
        ...(redis === undefined ? {} : { redis: redis.url }),
      });
      const direct = target === 'redis' || target === 'redis cluster';
      const tracer = createTracer({ url: direct ? (redis?.url ?? '') : gateway.url });
      const messages: { role: string; content: string }[] = [];
      const traceId = await tracer.run('chat', async (run) => {
        for (let i = 0; i < 12; i++) {
          messages.push({ role: 'user', content: `question ${i} ${'q'.repeat(700)}` });
          const answer = await run.model(`turn ${i}`, { input: messages }, (span) => {
            for (let k = 0; k < 5; k++) span.append(`part ${k} of ${i}; `);
            return `part 0 of ${i}; part 1 of ${i}; part 2 of ${i}; part 3 of ${i}; part 4 of ${i}; `;
          });
          messages.push({ role: 'assistant', content: answer });
        }
        return run.traceId;
      });
      expect(await tracer.shutdown()).toBe(true);
      const tree = await watchedTree(gateway.url, traceId);
      expect(tree.spanCount).toBe(13);
      expect(tree.openCount).toBe(0);
      await using client = createClient({ url: gateway.url });
      for (const [i, span] of (tree.roots[0]?.children ?? []).entries()) {
        expect(span.outputText).toContain(`part 4 of ${i}`);
        expect(span.outputComplete).toBe(true);
        if (span.input === undefined) throw new Error('a model call has lost its input');
        expect(await client.load(traceId, span.input)).toEqual(messages.slice(0, 2 * i + 1));
      }
    },
  );
});
