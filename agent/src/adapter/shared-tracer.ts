import type { Tracer } from '../tracer/tracer.ts';
import { tracerOf, type AdapterOptions } from './adapter-options.ts';

const tracers = new Map<string, Tracer>();

/**
 * The one tracer of all that is made with the same settings: of what programs make anew for each call
 * or connection, as a tracer has a queue and connections of its own. Settings that are no plain
 * values, such as a tracer that is given, are not shared.
 */
export function sharedTracer(options: AdapterOptions): Tracer {
  const values = Object.values(options) as unknown[];
  if (values.some((value) => typeof value === 'object' || typeof value === 'function'))
    return tracerOf(options);
  const key = JSON.stringify([process.env['SPANTAIL_URL'], options]);
  const shared = tracers.get(key) ?? tracerOf(options);
  tracers.set(key, shared);
  return shared;
}
