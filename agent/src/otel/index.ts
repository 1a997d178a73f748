import { SpantailSpanProcessor, type SpanProcessorOptions } from './span-processor.ts';

export { SpantailSpanProcessor, type SpanProcessorOptions } from './span-processor.ts';
export type { SdkSpan } from './sdk-span.ts';

/** A {@link SpantailSpanProcessor}, for programs that load it by name. */
export default function createSpanProcessor(options?: SpanProcessorOptions): SpantailSpanProcessor {
  return new SpantailSpanProcessor(options);
}
