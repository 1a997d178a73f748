import type { AdapterOptions } from '../adapter/adapter-options.ts';
import { SpantailTracingProcessor } from './tracing-processor.ts';

export type { AdapterOptions } from '../adapter/adapter-options.ts';
export { SpantailTracingProcessor } from './tracing-processor.ts';

/** The same as `new SpantailTracingProcessor(options)`. */
export default function createTracingProcessor(
  options: AdapterOptions = {},
): SpantailTracingProcessor {
  return new SpantailTracingProcessor(options);
}
