import type { SpanId } from '@spantail/protocol';

interface Keyed {
  left: { spanId: SpanId } | undefined;
  right: { spanId: SpanId } | undefined;
}

/** Names a pair in the page's address. */
export function pairKey({ left, right }: Keyed): string {
  return `${left?.spanId ?? ''}~${right?.spanId ?? ''}`;
}

/** Its place in the list, or -1; without writing the key of every one. */
export function indexOfKey(pairs: readonly Keyed[], key: string | undefined): number {
  if (key === undefined) return -1;
  const [leftId = '', rightId = ''] = key.split('~');
  return pairs.findIndex(
    ({ left, right }) => (left?.spanId ?? '') === leftId && (right?.spanId ?? '') === rightId,
  );
}
