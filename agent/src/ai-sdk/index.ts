import type { AdapterOptions } from '../adapter/adapter-options.ts';
import { SpantailTelemetry } from './telemetry.ts';

export type { AdapterOptions } from '../adapter/adapter-options.ts';
export { SpantailTelemetry };

/**
 * The integration for the AI SDK 7, for all calls or for one:
 *
 * @example
 * registerTelemetry(spantail());
 * await generateText({ model, prompt, telemetry: { integrations: [spantail({ tracer })] } });
 */
export default function spantail(options: AdapterOptions = {}): SpantailTelemetry {
  return new SpantailTelemetry(options);
}
