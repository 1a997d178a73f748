/**
 * Makes a span of each HTTP request as OpenTelemetry's instrumentations do, by Node's diagnostics
 * channels: those that publish spans must not be among them.
 */
import diagnosticsChannel from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { get } from 'node:http';
import { SpanKind, type Span } from '@opentelemetry/api';
import { SpantailSpanProcessor } from '@spantail/agent/otel';
import { providerOf } from './provider.ts';

const [major = '2', withContext] = process.argv.slice(2);
const processor = new SpantailSpanProcessor();
const { tracer, shutdown, forceFlush } = providerOf(major, [processor], {
  withContext: withContext === 'context',
});
const base = new URL(process.env['SPANTAIL_URL'] ?? '');
/** Traces of the requests that publish, and of others. */
const own: string[] = [];
const others: string[] = [];
const spans = new Map<ClientRequest, Span>();
diagnosticsChannel.subscribe('http.client.request.start', (message) => {
  const { request } = message as { request: ClientRequest };
  const span = tracer.startSpan(request.method, {
    kind: SpanKind.CLIENT,
    attributes: {
      'server.address': base.hostname,
      'server.port': Number(base.port),
      'url.path': request.path,
    },
  });
  const isOwn = request.path.startsWith('/api/v1/');
  if (span.isRecording()) (isOwn ? own : others).push(span.spanContext().traceId);
  spans.set(request, span);
});
diagnosticsChannel.subscribe('http.client.response.finish', (message) => {
  spans.get((message as { request: ClientRequest }).request)?.end();
});

const root = tracer.startSpan('root');
for (let i = 0; i < 20; i++) {
  tracer.startSpan(`step ${i}`).end();
  await forceFlush();
}
// One that the program makes itself is its own business.
await new Promise((resolve) =>
  get(new URL('/live', base), (reply) => reply.resume().on('end', resolve)),
);
root.end();
await shutdown();
console.log(JSON.stringify({ own, others }));
