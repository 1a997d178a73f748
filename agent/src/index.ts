export { createExporter, type ExporterOptions } from './exporter/create-exporter.ts';
export type * from './exporter/exporter.ts';
export { hashBlob } from './publisher/hash-blob.ts';
export { Publisher } from './publisher/publisher.ts';
export type { PublisherOptions, PublisherStats } from './publisher/publisher-options.ts';
export { createTracer, type TracerOptions } from './tracer/create-tracer.ts';
export { Span, type Step, type StepArguments } from './tracer/span.ts';
export type { Parent, RunOptions, StartOptions } from './tracer/parent-options.ts';
export type { EndOptions, SpanOptions, TypedSpanOptions } from './tracer/span-options.ts';
export { Tracer } from './tracer/tracer.ts';
export type {
  SpanError,
  SpanLink,
  SpanLog,
  SpanStatus,
  SpanType,
  TraceContext,
  Usage,
} from '@spantail/protocol';
