/** Before the name of a producer: the one who writes in its stead when it was called lost. */
const PREFIX = 'lost:';

/** Whoever closes what this producer left open writes under this name. */
export function lostProducer(producer: string): string {
  return `${PREFIX}${producer}`;
}

/** The producer that such an entry calls lost; `undefined`: the entry calls nobody that. */
export function calledLost(entryProducer: string): string | undefined {
  return entryProducer.startsWith(PREFIX) ? entryProducer.slice(PREFIX.length) : undefined;
}
