/**
 * Canonical text of a plain value: keys sorted, bytes as hex. Equal values have equal text, whoever
 * encoded them and in which key order; it breaks ties between events that contradict each other.
 */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (inner instanceof Uint8Array) return { hex: Array.from(inner) };
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
