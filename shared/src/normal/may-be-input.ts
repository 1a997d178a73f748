import { RULES } from './rules.ts';

/**
 * Whether an attribute of this name can be part of what a span was given. A source that adds others
 * to a span has not changed its input.
 */
export function mayBeInput(key: string): boolean {
  const rules = RULES.keys.get(key);
  if (rules !== undefined)
    return rules.mimeType === true || rules.contents.some(({ slot }) => slot !== 'output');
  for (const [list, { slot }] of RULES.lists)
    if (slot !== 'output' && key.startsWith(list)) return true;
  return false;
}
