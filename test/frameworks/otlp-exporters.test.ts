import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FrameworkProgram } from '../support/frameworks/framework-program.ts';
import { eventually, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { withFate, type AppendFate } from '../support/otlp/append-fate.ts';
import { eventsOf, outlineOf, treeOf, valueOf } from '../support/otlp/read-log.ts';
import { temporaryLog } from '../support/otlp/temporary-log.ts';

const MAJORS = ['2', '3'];
const PROTOCOLS = ['proto', 'http', 'grpc'];
const WAYS = MAJORS.flatMap((major) => PROTOCOLS.map((protocol) => [major, protocol] as const));

/** Set up as any program is: by the environment. */
function environment(url: string): NodeJS.ProcessEnv {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_EXPORTER_OTLP_INSECURE: 'true',
    OTEL_SERVICE_NAME: 'exporting',
  };
}

function endpointOf({ url, gateway }: TestGateway, protocol: string): string {
  return protocol === 'grpc' ? `http://127.0.0.1:${gateway.otlpGrpcPort}` : url;
}

describe.each(WAYS)('OpenTelemetry %s exporting over %s', (major, protocol) => {
  it('[OT1, OT6, OT16] brings all spans, when they end', async () => {
    const gateway = await startTestGateway({ otlpGrpcPort: 0 });
    const env = environment(endpointOf(gateway, protocol));
    const program = new FrameworkProgram('programs/otlp/steps.ts', [major, protocol], env);
    const traceId = await program.line(0);
    // They have come before their parent.
    expect((await treeOf(gateway.log, traceId)).roots).toHaveLength(50);
    program.go();
    await program.line(1);
    program.go();
    await program.ended();
    expect(program.errors).toBe('');
    const tree = await treeOf(gateway.log, traceId);
    const [root] = tree.roots;
    expect(tree.roots).toHaveLength(1);
    expect(root).toMatchObject({ name: 'work', state: 'closed', attributes: { größe: 'groß' } });
    expect(root?.children.map(({ name }) => name)).toEqual(
      Array.from({ length: 100 }, (_, i) => `step ${i}`),
    );
    for (const [i, child] of (root?.children ?? []).entries()) {
      expect(child).toMatchObject({
        state: 'closed',
        attributes: { i, list: ['a', 'b'], 'otel.kind': 'client' },
        logs: [{ message: 'noted', attributes: { i } }],
      });
      expect(child.endUs).toBeGreaterThanOrEqual(child.startUs ?? Infinity);
    }
    expect(await eventsOf(gateway.log, traceId)).toHaveLength(202);
  });

  it('[OT8, PROM1] shows open spans, when the exporter is fed at the start too', async () => {
    const gateway = await startTestGateway({ otlpGrpcPort: 0 });
    const env = environment(endpointOf(gateway, protocol));
    const program = new FrameworkProgram('programs/otlp/on-start.ts', [major, protocol], env);
    const traceId = await program.line(0);
    await eventually(
      async () => (await treeOf(gateway.log, traceId)).openCount === 2,
      'both spans are open',
    );
    const open = await treeOf(gateway.log, traceId);
    expect(outlineOf(open)).toBe('work(part)');
    expect(open.roots[0]?.attributes['early']).toBe(1);
    program.go();
    await program.ended();
    const tree = await treeOf(gateway.log, traceId);
    expect(tree.openCount).toBe(0);
    expect(tree.roots[0]?.children[0]).toMatchObject({ state: 'closed', attributes: { late: 2 } });
  });
});

// OpenTelemetry's exporter for gRPC sends nothing again, whatever it is told.
describe.each(WAYS.filter(([, protocol]) => protocol !== 'grpc'))(
  'OpenTelemetry %s exporting over %s through failures',
  (major, protocol) => {
    it('[OT2, OT12] loses and doubles nothing while the log is away, and answers are lost', async () => {
      const fates: AppendFate[] = ['fails', 'lost'];
      const log = withFate(await temporaryLog(), () => fates.shift() ?? 'works');
      const { url } = await startTestGateway({ log });
      const program = new FrameworkProgram(
        'programs/otlp/steps.ts',
        [major, protocol],
        environment(url),
      );
      const traceId = await program.line(0);
      expect(fates).toEqual([]);
      for (const line of [0, 1]) {
        await program.line(line);
        program.go();
      }
      await program.ended();
      expect((await treeOf(log, traceId)).spanCount).toBe(101);
      expect(await eventsOf(log, traceId)).toHaveLength(202);
    });

    it('[OT12] loses and doubles nothing when the gateway starts again', async () => {
      const log = await temporaryLog();
      const first = await startTestGateway({ log });
      const env = environment(first.url);
      const program = new FrameworkProgram('programs/otlp/steps.ts', [major, protocol], env);
      const traceId = await program.line(0);
      await first.gateway.close();
      program.go();
      await program.line(1);
      await startTestGateway({ port: first.gateway.port, log });
      program.go();
      await program.ended();
      expect((await treeOf(log, traceId)).spanCount).toBe(101);
      expect(await eventsOf(log, traceId)).toHaveLength(202);
    });
  },
);

describe('OpenTelemetry exporting to Spantail', () => {
  it.each(PROTOCOLS)('[OT3] is told what was rejected, over %s', async (protocol) => {
    const log = withFate(await temporaryLog(), () => 'refused');
    const gateway = await startTestGateway({ otlpGrpcPort: 0, log });
    const env = environment(endpointOf(gateway, protocol));
    const program = new FrameworkProgram('programs/otlp/steps.ts', ['3', protocol], env);
    for (const line of [0, 1]) {
      await program.line(line);
      program.go();
    }
    await program.ended();
    expect(program.errors).toMatch(/partial success/i);
    expect(program.errors).toContain('the log does not like it');
  });

  it('[OT2] waits as long as Retry-After says', async () => {
    const fates: AppendFate[] = ['fails'];
    const log = withFate(await temporaryLog(), () => fates.shift() ?? 'works');
    const gateway = await startTestGateway({ log });
    const { url, requests } = await recorder(gateway.url);
    const program = new FrameworkProgram(
      'programs/otlp/steps.ts',
      ['3', 'proto'],
      environment(url),
    );
    await program.line(0);
    const [first, second] = requests;
    expect([first?.status, second?.status]).toEqual([503, 200]);
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(990);
    expect(first?.headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'content-encoding': 'gzip',
    });
  });

  it('[OT9] shows open spans of Logfire', async () => {
    const gateway = await startTestGateway();
    const program = new FrameworkProgram('programs/otlp/logfire.ts', [], environment(gateway.url));
    const traceId = await program.line(0);
    const open = await treeOf(gateway.log, traceId);
    expect(outlineOf(open)).toBe('work(part {n})');
    expect(open.openCount).toBe(2);
    expect(open.spanCount).toBe(2);
    program.go();
    await program.ended();
    const tree = await treeOf(gateway.log, traceId);
    expect(outlineOf(tree)).toBe('work(part {n})');
    expect(tree.openCount).toBe(0);
    expect(tree.roots[0]?.children[0]?.attributes['n']).toBe(1);
  });

  it('[OT6] shows an agent on the AI SDK as what it is', async () => {
    const { tree, gateway, traceId } = await agentOn('ai-sdk');
    const spans = [...tree.walk()].map(({ span }) => span);
    expect(tree.roots).toHaveLength(1);
    const outline = spans.map(({ spanType, name }) => `${spanType} ${name}`);
    expect(outline[0]).toBe('step request');
    expect(outline[1]).toMatch(/^agent invoke_agent/);
    expect(spans.filter(({ spanType }) => spanType === 'model')).toHaveLength(2);
    const tool = spans.find(({ spanType }) => spanType === 'tool');
    expect(tool?.name).toBe('execute_tool weather');
    expect(await valueOf(gateway.log, traceId, tool?.input)).toEqual({ city: 'Oslo' });
    expect(await valueOf(gateway.log, traceId, tool?.output)).toEqual({
      city: 'Oslo',
      sky: 'sunny',
    });
    expect(tokensOf(tree)).toEqual({ input: 40, output: 10 });
  });

  it('[OT6] shows a graph of LangGraph as what it is', async () => {
    const { tree, gateway, traceId } = await agentOn('langgraph');
    const spans = [...tree.walk()].map(({ span }) => span);
    expect(tree.roots).toHaveLength(1);
    const names = spans.map(({ name }) => name);
    expect(names[0]).toBe('request');
    expect(names[1]).toBe('forecaster');
    expect(names.filter((name) => name === 'think')).toHaveLength(2);
    expect(spans.filter(({ spanType }) => spanType === 'model')).toHaveLength(2);
    const tool = spans.find(({ spanType }) => spanType === 'tool');
    expect(tool?.name).toBe('weather');
    expect(JSON.stringify(await valueOf(gateway.log, traceId, tool?.input))).toContain('Oslo');
    expect(JSON.stringify(await valueOf(gateway.log, traceId, tool?.output))).toContain('sunny');
  });
});

async function agentOn(framework: string) {
  const gateway = await startTestGateway();
  const env = environment(gateway.url);
  const program = new FrameworkProgram('programs/otlp/frameworks.ts', [framework], env);
  const traceId = await program.line(0);
  await program.ended();
  return { gateway, traceId, tree: await treeOf(gateway.log, traceId) };
}

/** Over all spans: whoever repeats them counts twice. */
function tokensOf(tree: Awaited<ReturnType<typeof treeOf>>) {
  const sum = { input: 0, output: 0 };
  for (const { span } of tree.walk()) {
    sum.input += span.usage?.inputTokens ?? 0;
    sum.output += span.usage?.outputTokens ?? 0;
  }
  return sum;
}

interface Recorded {
  atMs: number;
  status: number;
  headers: IncomingHttpHeaders;
}

/** Passes requests on, and keeps when they came and how they were answered. */
async function recorder(target: string): Promise<{ url: string; requests: Recorded[] }> {
  const requests: Recorded[] = [];
  const server = createServer((request, reply) => {
    const atMs = performance.now();
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { host: _host, connection: _connection, ...headers } = request.headers;
      // `fetch` says itself how the body comes.
      delete headers['transfer-encoding'];
      void fetch(`${target}${request.url}`, {
        method: 'POST',
        headers: headers as Record<string, string>,
        body: Buffer.concat(parts),
      }).then(async (answer) => {
        requests.push({ atMs, status: answer.status, headers });
        reply.writeHead(answer.status, Object.fromEntries(answer.headers));
        reply.end(Buffer.from(await answer.arrayBuffer()));
        return undefined;
      });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
