import { completeFilter, fieldEntry } from '@spantail/protocol';

/** Behind what is whole. */
const SHORT_MS = 350;
/** Behind what may go on: a list that is gone while one is still typing tells nothing. */
const LONG_MS = 1_000;

/**
 * How long typing must pause before a filter is applied. `undefined`: it is not by itself, because
 * what is written begins the name of a field; whoever means the word says so by Enter or a space.
 */
export function commitPause(text: string, caret: number): number | undefined {
  if (text.trim() === '') return SHORT_MS;
  const { from, field, options } = completeFilter(text, caret, 'run');
  const typed = text.slice(from, caret);
  if (field !== undefined) {
    const isListed = fieldEntry(field).choices?.run?.includes(typed.toLowerCase()) === true;
    return isListed || /^".*"$/s.test(typed) ? SHORT_MS : LONG_MS;
  }
  // Inside of quotes nothing is offered.
  if (typed === '') return options.length > 0 ? SHORT_MS : LONG_MS;
  return options.length > 0 ? undefined : LONG_MS;
}
