import { createTracer, type TracerOptions } from '../tracer/create-tracer.ts';
import { Tracer } from '../tracer/tracer.ts';

/** What every adapter takes: a tracer that is there already, or the options of one of its own. */
export interface AdapterOptions extends TracerOptions {
  /**
   * The tracer to publish with. Steps of the framework go below its active span, and the spans of
   * both are in one run. Absent: one is made of the other options.
   */
  tracer?: Tracer;
}

/** Where `spantail serve` listens when nothing else is said. */
export const LOCAL_GATEWAY = 'http://127.0.0.1:7321';

/**
 * The tracer of an adapter. Without `tracer` and `url` it publishes to `SPANTAIL_URL`, else to a
 * gateway on this machine; `SPANTAIL_URL` set to nothing turns it off.
 */
export function tracerOf({ tracer, ...options }: AdapterOptions = {}): Tracer {
  if (tracer instanceof Tracer) return tracer;
  return createTracer({ url: process.env['SPANTAIL_URL'] ?? LOCAL_GATEWAY, ...options });
}
