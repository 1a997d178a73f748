import { toHex, type Payload, type PayloadItem } from '@spantail/protocol';
import type { Compared } from './group-messages.ts';

/**
 * Elements at the start of two lists that are equal for sure: equal references are equal content, so
 * nothing has to be loaded to know.
 */
export function equalHead(left: Payload, right: Payload): number {
  if (left.list !== true || right.list !== true) return 0;
  let count = 0;
  for (const [index, part] of left.parts.entries()) {
    const other = right.parts[index];
    if (other === undefined || keyOf(part) !== keyOf(other)) break;
    count += isLeaf(part) ? 1 : part.parts;
  }
  return count;
}

/** Whether two lists are the same, by their references. */
export function isSamePayload(left: Payload, right: Payload): boolean {
  return (
    left.bytes === right.bytes &&
    left.parts.length === right.parts.length &&
    left.parts.every((part, index) => keyOf(part) === keyOf(right.parts[index] ?? ''))
  );
}

/** How many elements a list has. */
export function elementsOf({ parts }: Payload): number {
  return parts.reduce((count, part) => count + (isLeaf(part) ? 1 : part.parts), 0);
}

/**
 * Each element against the list of the call before: the same one (wherever it stood), one in whose
 * place stood another that is gone, or a new one.
 */
export function compareLists(
  list: readonly unknown[],
  before: readonly unknown[],
  knownEqual = 0,
): Compared[] {
  const keys = list.map((element, index) => (index < knownEqual ? '' : textKey(element)));
  const keysBefore = before.map((element, index) => (index < knownEqual ? '' : textKey(element)));
  const had = new Set(keysBefore.slice(knownEqual));
  const has = new Set(keys.slice(knownEqual));
  const isSame = keys.map((key, index) => index < knownEqual || had.has(key));
  const lastSame = isSame.lastIndexOf(true);
  return keys.map((_, index) => {
    if (isSame[index] === true) return 'same';
    const other = keysBefore[index];
    // Behind all that was there before it is new, whatever stood at its place.
    const isGone = other !== undefined && !has.has(other);
    return isGone && index < lastSame ? 'rewritten' : 'new';
  });
}

/** Elements of the list before that are in the list no longer, nor rewritten in it. */
export function leftOut(
  list: readonly unknown[],
  before: readonly unknown[],
  compared: readonly Compared[],
): number {
  const same = compared.filter((state) => state === 'same').length;
  const rewritten = compared.filter((state) => state === 'rewritten').length;
  return list.length === 0 ? before.length : Math.max(0, before.length - same - rewritten);
}

function isLeaf(part: PayloadItem): part is string | Uint8Array {
  return typeof part === 'string' || part instanceof Uint8Array;
}

function keyOf(part: PayloadItem): string {
  if (typeof part === 'string') return `text ${part}`;
  return part instanceof Uint8Array ? toHex(part) : `chunk ${toHex(part.chunk)}`;
}

/** A mark for the provider's cache wanders from message to message: it is none of what was said. */
function textKey(element: unknown): string {
  try {
    return JSON.stringify(element, (key, value: unknown) =>
      key === 'cache_control' ? undefined : value,
    );
  } catch {
    // Nested deeper than the platform writes: as good as new.
    return `deep ${Math.random()}`;
  }
}
