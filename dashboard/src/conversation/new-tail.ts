import type { Payload } from '@spantail/protocol';
import { isSameItem } from '../payload/same-content.ts';

/**
 * An input and the one before it without the beginning that they share, by its references: an agent
 * sends its whole conversation again with each call, and only what is behind it has to be loaded.
 */
export function newTail(
  input: Payload,
  before: Payload | undefined,
): { tail: Payload; tailBefore: Payload | undefined } {
  if (input.list !== true || before?.list !== true) return { tail: input, tailBefore: before };
  let shared = 0;
  for (const [index, part] of input.parts.entries()) {
    if (!isSameItem(part, before.parts[index])) break;
    shared++;
  }
  if (shared === 0) return { tail: input, tailBefore: before };
  // How large a part is, nobody knows before it is there. An input that has all of the one before is
  // larger by what is new; of any other, what is new may be all of it.
  const grew = shared === before.parts.length;
  return {
    tail: {
      ...input,
      bytes: grew ? Math.max(0, input.bytes - before.bytes) : input.bytes,
      parts: input.parts.slice(shared),
    },
    tailBefore: {
      ...before,
      bytes: grew ? 0 : before.bytes,
      parts: before.parts.slice(shared),
    },
  };
}
