import { createHash } from 'node:crypto';
import { buildPayload } from '@spantail/protocol';

/** As a publisher does it with a content. */
export function buildPayloadFor(value: unknown): void {
  if (value === undefined) return;
  buildPayload(value, (bytes) => createHash('sha256').update(bytes).digest().subarray(0, 16));
}
