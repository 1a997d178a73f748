import { SpantailExporter, type MastraExporterOptions } from './exporter.ts';

export type { AdapterOptions } from '../adapter/adapter-options.ts';
export { SpantailExporter, type MastraExporterOptions } from './exporter.ts';
export type {
  MastraChunk,
  MastraError,
  MastraLogEvent,
  MastraSpan,
  MastraTracingEvent,
} from './mastra-event.ts';

/** For programs that load their exporters by module name. */
export default function createSpantailExporter(options?: MastraExporterOptions): SpantailExporter {
  return new SpantailExporter(options);
}
