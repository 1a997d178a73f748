import type { Payload, PayloadItem } from '@spantail/protocol';
import type { Compared } from './group-messages.ts';
import { isSameItem } from './same-content.ts';

/**
 * Elements at the start of two lists that are equal for sure: equal references are equal content, so
 * nothing has to be loaded to know.
 */
export function equalHead(left: Payload, right: Payload): number {
  if (left.list !== true || right.list !== true) return 0;
  let count = 0;
  for (const [index, part] of left.parts.entries()) {
    if (!isSameItem(part, right.parts[index])) break;
    count += isLeaf(part) ? 1 : part.parts;
  }
  return count;
}

/** How many elements a list has. */
export function elementsOf({ parts }: Payload): number {
  return parts.reduce((count, part) => count + (isLeaf(part) ? 1 : part.parts), 0);
}

/**
 * Each element against the list of the call before: the same one (wherever it stood), one in whose
 * place stood another that is gone, or a new one. Each of the list before is found once: who says
 * "continue" again says something new.
 */
export function compareLists(
  list: readonly unknown[],
  before: readonly unknown[],
  knownEqual = 0,
): Compared[] {
  const keys = list.map((element, index) => (index < knownEqual ? '' : textKey(element)));
  const keysBefore = before.map((element, index) => (index < knownEqual ? '' : textKey(element)));
  const left = countsOf(keysBefore.slice(knownEqual));
  const isSame = keys.map((key, index) => index < knownEqual || take(left, key));
  const lastSame = isSame.lastIndexOf(true);
  return keys.map((_, index) => {
    if (isSame[index] === true) return 'same';
    const other = keysBefore[index];
    // Behind all that was there before it is new, whatever stood at its place. What was not found
    // above is gone.
    const isRewritten = index < lastSame && other !== undefined && take(left, other);
    return isRewritten ? 'rewritten' : 'new';
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

function countsOf(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** Takes one away; `false` when there is none left. */
function take(counts: Map<string, number>, key: string): boolean {
  const count = counts.get(key) ?? 0;
  if (count > 0) counts.set(key, count - 1);
  return count > 0;
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
