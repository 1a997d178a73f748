import { eventVectors, invalidEventVectors } from './events.ts';
import { payloadVectors } from './payloads.ts';
import { treeVectors } from './trees.ts';
import { formatVectors } from './vector-file.ts';
import { cursorVectors, ingestVectors, messageVectors, traceparentVectors } from './wire.ts';

/** Every file of `test/vectors`, as it should be. */
export function vectorFiles(): Map<string, string> {
  return new Map(
    Object.entries({
      'events.json': eventVectors(),
      'invalid-events.json': invalidEventVectors(),
      'payloads.json': payloadVectors(),
      'cursors.json': cursorVectors(),
      'server-messages.json': messageVectors(),
      'ingest.json': ingestVectors(),
      'traceparent.json': traceparentVectors(),
      'trees.json': treeVectors(),
    }).map(([name, file]) => [name, formatVectors(file)]),
  );
}
