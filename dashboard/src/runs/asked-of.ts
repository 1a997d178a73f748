import type { RunRow } from '@spantail/protocol';
import { argumentIn, beginningOf } from '../payload/text-snippet.ts';

/** As much as a wide row shows. */
const MOST_CHARACTERS = 160;
/** A conversation that begins with the agent's instructions: what was asked is not in the preview. */
const INSTRUCTIONS = /"(?:role|type)"\s*:\s*"(?:system|developer)"/;

/** What a run was asked, in one line, as far as the beginning of its root's input tells. */
export function askedOf({ inputPreview = '' }: Pick<RunRow, 'inputPreview'>): string | undefined {
  const isJson = /^\s*[[{]/.test(inputPreview);
  if (isJson && INSTRUCTIONS.test(inputPreview)) return undefined;
  const asked = beginningOf(isJson ? argumentIn(inputPreview) : inputPreview, MOST_CHARACTERS);
  return asked === '' ? undefined : asked;
}
