import { tracerOf, type AdapterOptions } from '../adapter/adapter-options.ts';
import type { Tracer } from '../tracer/tracer.ts';

const tracers = new Map<string, Tracer>();

/**
 * The one tracer of all handlers with the same settings: programs make a handler for each call, and
 * a tracer has a queue and connections. `undefined` for settings that are no plain values.
 */
export function sharedTracer(options: AdapterOptions): Tracer | undefined {
  const values = Object.values(options) as unknown[];
  if (values.some((value) => typeof value === 'object' || typeof value === 'function'))
    return undefined;
  const key = JSON.stringify([process.env['SPANTAIL_URL'], options]);
  const shared = tracers.get(key) ?? tracerOf(options);
  tracers.set(key, shared);
  return shared;
}
