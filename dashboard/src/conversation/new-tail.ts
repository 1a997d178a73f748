import type { Payload } from '@spantail/protocol';
import { keyOfPart } from './part-key.ts';

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
  while (
    shared < input.parts.length &&
    shared < before.parts.length &&
    keyOfPart(input.parts[shared]) === keyOfPart(before.parts[shared])
  )
    shared++;
  if (shared === 0) return { tail: input, tailBefore: before };
  return {
    tail: { ...input, parts: input.parts.slice(shared) },
    tailBefore: { ...before, parts: before.parts.slice(shared) },
  };
}
