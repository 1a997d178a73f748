export { createExporter, type ExporterOptions } from './exporter/create-exporter.ts';
export type * from './exporter/exporter.ts';
export { hashBlob } from './publisher/hash-blob.ts';
export { Publisher } from './publisher/publisher.ts';
export type { PublisherOptions, PublisherStats } from './publisher/publisher-options.ts';
