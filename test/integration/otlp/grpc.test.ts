import { gzipSync } from 'node:zlib';
import { connect, type ClientHttp2Session } from 'node:http2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serve } from '../../support/cli.ts';
import { startTestGateway } from '../../support/gateway.ts';
import { withFate, type AppendFate } from '../../support/otlp/append-fate.ts';
import { logsBody, spansBody, type PlainSpan } from '../../support/otlp/build.ts';
import { entriesOf, eventsOf, treeOf } from '../../support/otlp/read-log.ts';
import { messageType } from '../../support/otlp/schema.ts';
import { temporaryLog } from '../../support/otlp/temporary-log.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const TRACE = 'a5'.repeat(16);
const SERVICES = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
};

function span(rest: Partial<PlainSpan> = {}): PlainSpan {
  const at = 1_790_000_000_000_000_000n;
  return {
    traceId: TRACE,
    spanId: '1'.repeat(16),
    name: 'work',
    startNanos: at,
    endNanos: at,
    ...rest,
  };
}

interface GrpcAnswer {
  code: number;
  message: string;
  /** The `google.rpc.Status` among the trailers. */
  details: { details?: { typeUrl: string }[] } | undefined;
  response: unknown;
}

/** One call, as any client of gRPC makes it. */
function call(
  session: ClientHttp2Session,
  path: string,
  message: Buffer,
  isPacked = false,
): Promise<GrpcAnswer> {
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...(isPacked ? { 'grpc-encoding': 'gzip' } : {}),
  });
  const bytes = isPacked ? gzipSync(message) : message;
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(Number(isPacked));
  prefix.writeUInt32BE(bytes.length, 1);
  stream.end(Buffer.concat([prefix, bytes]));
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let headers: Record<string, string | string[] | number | undefined> = {};
    stream.on('response', (got) => (headers = { ...headers, ...got }));
    stream.on('trailers', (got) => (headers = { ...headers, ...got }));
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('error', reject);
    stream.on('close', () => {
      const details = headers['grpc-status-details-bin'];
      const body = Buffer.concat(parts).subarray(5);
      const type = messageType('Status');
      resolve({
        code: Number(headers['grpc-status']),
        message: decodeURIComponent(headers['grpc-message']?.toString() ?? ''),
        details:
          typeof details === 'string'
            ? type.toObject(type.decode(Buffer.from(details, 'base64')))
            : undefined,
        response: messageType('Response').toObject(messageType('Response').decode(body), {
          longs: Number,
        }),
      });
    });
  });
}

function session(port: number | undefined): ClientHttp2Session {
  const opened = connect(`http://127.0.0.1:${port}`);
  opened.on('error', () => {});
  onTestFinished(() => opened.destroy());
  return opened;
}

describe('OTLP over gRPC', () => {
  it.each([false, true])('[OT16] takes spans and records, with gzip: %s', async (gzip) => {
    const { gateway, log } = await startTestGateway({ otlpGrpcPort: 0 });
    const client = session(gateway.otlpGrpcPort);
    const spans = spansBody('protobuf', [span(), span({ traceId: '', name: 'nowhere' })]);
    const answer = await call(client, SERVICES.traces, spans, gzip);
    expect(answer).toMatchObject({ code: 0, response: { partialSuccess: { rejected: 1 } } });
    expect(JSON.stringify(answer.response)).toContain('nowhere');
    const records = logsBody('protobuf', [
      { traceId: TRACE, spanId: '1'.repeat(16), nanos: 1_000n, body: 'a line' },
    ]);
    expect(await call(client, SERVICES.logs, records, gzip)).toMatchObject({
      code: 0,
      response: {},
    });
    const [node] = (await treeOf(log, TRACE)).roots;
    expect(node).toMatchObject({ name: 'work', state: 'closed', logs: [{ message: 'a line' }] });
    expect(await call(client, SERVICES.traces, Buffer.alloc(0))).toMatchObject({ code: 0 });
    expect(await call(client, SERVICES.metrics, Buffer.alloc(0))).toMatchObject({ code: 12 });
  });

  it('[OT16, OT2] refuses with the code that the specification asks for', async () => {
    const fates: AppendFate[] = ['fails'];
    const log = withFate(await temporaryLog(), () => fates.shift() ?? 'works');
    const { gateway } = await startTestGateway({ otlpGrpcPort: 0, log });
    const client = session(gateway.otlpGrpcPort);
    const body = spansBody('protobuf', [span()]);
    const away = await call(client, SERVICES.traces, body);
    expect(away).toMatchObject({
      code: 14,
      details: { code: 14, details: [{ typeUrl: 'type.googleapis.com/google.rpc.RetryInfo' }] },
    });
    expect(await call(client, SERVICES.traces, body.subarray(0, 20))).toMatchObject({ code: 3 });
    const bomb = Buffer.alloc(64 * 1024 * 1024 + 1);
    const tooLarge = await call(client, SERVICES.traces, bomb, true);
    expect(tooLarge).toMatchObject({ code: 8, details: undefined });
    expect(await call(client, SERVICES.traces, body)).toMatchObject({ code: 0 });
    expect(await entriesOf(log, TRACE)).toHaveLength(1);
  });

  it('[OT16, WS7] answers what is in flight when the gateway stops', async () => {
    let goOn = (): void => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const inner = await temporaryLog();
    let isReached = (): void => {};
    const reached = new Promise<void>((resolve) => {
      isReached = resolve;
    });
    const slow = new Proxy(inner, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        const method = value.bind(target) as (...args: unknown[]) => Promise<unknown>;
        if (name !== 'append') return method;
        return async (...args: unknown[]) => {
          isReached();
          await held;
          return method(...args);
        };
      },
    });
    const { gateway } = await startTestGateway({ otlpGrpcPort: 0, log: slow });
    const answer = call(
      session(gateway.otlpGrpcPort),
      SERVICES.traces,
      spansBody('protobuf', [span()]),
    );
    await reached;
    const closed = gateway.close();
    goOn();
    expect(await answer).toMatchObject({ code: 0 });
    await closed;
    expect(await eventsOf(inner, TRACE)).toHaveLength(2);
  });

  it('[OT16] is there when it is asked for, and says so when its port is taken', async () => {
    const one = await serve(['--data', temporaryDirectory(), '--otlp-grpc-port', '0']);
    const [, port = ''] = await one.command.prints(/gRPC on 127\.0\.0\.1:(\d+)/);
    const client = session(Number(port));
    expect(await call(client, SERVICES.traces, spansBody('protobuf', [span()]))).toMatchObject({
      code: 0,
    });
    await expect(serve(['--data', temporaryDirectory(), '--otlp-grpc-port', port])).rejects.toThrow(
      /--otlp-grpc-port/,
    );
    const { code } = await one.command.stop('SIGTERM');
    expect(code).toBe(0);
  });
});
