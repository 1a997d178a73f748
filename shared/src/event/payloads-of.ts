import type { Payload } from '../payload/payload.ts';
import type { TraceEvent } from './event.ts';

/** The payloads that an event carries: its input, its output. */
export function payloadsOf(event: TraceEvent): Payload[] {
  const payloads: Payload[] = [];
  if (event.type !== 'close' && event.input !== undefined) payloads.push(event.input);
  if (event.type !== 'open' && event.output !== undefined) payloads.push(event.output);
  return payloads;
}
