import { readFileSync } from 'node:fs';
import { context, type Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { NodeTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-node';

export interface Provider {
  tracer: Tracer;
  forceFlush: () => Promise<void>;
  shutdown: () => Promise<void>;
}

/** A provider of OpenTelemetry's SDK in its major 2 or 3. */
export function providerOf(
  major: string,
  spanProcessors: SpanProcessor[],
  { withContext = true }: { withContext?: boolean } = {},
): Provider {
  expectMajor(major);
  if (withContext) context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const provider =
    major === '2'
      ? new NodeTracerProvider({ spanProcessors })
      : new TracerProvider({ spanProcessors });
  return {
    tracer: provider.getTracer('program', '1.2.3'),
    forceFlush: () => provider.forceFlush(),
    shutdown: () => provider.shutdown(),
  };
}

/** A test that runs on another major than it says proves nothing. */
function expectMajor(major: string): void {
  const name = major === '2' ? '@opentelemetry/sdk-trace-node' : '@opentelemetry/sdk-trace';
  const file = new URL(`../../../node_modules/${name}/package.json`, import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  if (!version.startsWith(`${major}.`)) throw new Error(`${name} is ${version}`);
}
