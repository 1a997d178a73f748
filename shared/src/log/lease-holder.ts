/**
 * Sources that do not count their batches: a batch's producer is then named after its content, so
 * that it is a duplicate when it comes again, whichever gateway it comes to.
 */
export const BATCH_SOURCES = ['otlp', 'json'] as const;
export type BatchSource = (typeof BATCH_SOURCES)[number];

/** Characters of the hash in such a name. */
const HASH_CHARACTERS = 24;
const BATCH_PRODUCER = new RegExp(`^(${BATCH_SOURCES.join('|')}):[0-9a-f]{${HASH_CHARACTERS}}$`);

/** The producer of one batch with this content. `hash` is hex of 24 digits or more. */
export function batchProducer(source: BatchSource, hash: string): string {
  return `${source}:${hash.slice(0, HASH_CHARACTERS)}`;
}

/**
 * Whose lease a batch of this producer sets, and who has finished when it says so: the producer
 * itself, or of a source that does not count its batches all of them together.
 */
export function leaseHolder(producer: string): string {
  return BATCH_PRODUCER.exec(producer)?.[1] ?? producer;
}
