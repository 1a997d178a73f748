import { createExporter, type ExporterOptions } from '../exporter/create-exporter.ts';
import type { Exporter } from '../exporter/exporter.ts';
import type { PublisherOptions } from '../publisher/publisher-options.ts';
import { Publisher } from '../publisher/publisher.ts';
import { Reporter } from '../publisher/reporter.ts';
import { Tracer } from './tracer.ts';

export interface TracerOptions extends Omit<PublisherOptions, 'exporter'>, ExporterOptions {
  /**
   * Where to publish: a gateway (`http://host:7321`) or Redis (`redis://host:6379`). Absent or empty:
   * tracing is off, and the agent's code runs as it is.
   */
  url?: string | undefined;
  /** In place of `url`. */
  exporter?: Exporter;
  /** Names the program: `service.name` of its runs. */
  service?: string;
  /** Attributes of every run, such as `deployment.environment.name`. */
  attributes?: Record<string, unknown>;
}

/**
 * The entry point for an agent. Settings that cannot work are reported through `onError` and turn
 * tracing off: they must not be what keeps an agent from starting.
 *
 * @example
 * const tracer = createTracer({ url: process.env.SPANTAIL_URL, service: 'research-agent' });
 * await tracer.run('answer', { input: question }, async (run) => {
 *   const call = { input: messages, attributes: { 'gen_ai.request.model': 'gpt-5-mini' } };
 *   await run.model('plan', call, async (span) => {
 *     for await (const token of callModel(messages)) span.append(token);
 *   });
 * });
 * await tracer.shutdown();
 */
export function createTracer(options: TracerOptions = {}): Tracer {
  const { url, service, attributes, exporter } = options;
  const resource = { ...(service === undefined ? {} : { 'service.name': service }), ...attributes };
  const target = exporter ?? openExporter(url, options);
  const publisher =
    target === undefined ? undefined : new Publisher({ ...options, exporter: target });
  const reporter = new Reporter(options.onError);
  return new Tracer(publisher, resource, (error) =>
    reporter.tell('event', error instanceof Error ? error : new Error(String(error))),
  );
}

function openExporter(url: string | undefined, options: TracerOptions): Exporter | undefined {
  if (url === undefined || url === '') return undefined;
  try {
    return createExporter(url, options);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    new Reporter(options.onError).tell('settings', new Error(`tracing is off: ${message}`));
    return undefined;
  }
}
