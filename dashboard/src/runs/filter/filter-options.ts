import { completeFilter, type RunRow } from '@spantail/protocol';
import { knownValues } from './known-values.ts';

export interface FilterOption {
  text: string;
  meaning: string;
  /** The filter with this in it, and where one goes on typing. */
  result: { text: string; position: number };
}

/** What can be written at the caret: names and values of the language, and values that listed runs have. */
export function filterOptions(
  text: string,
  position: number,
  rows: readonly RunRow[],
): FilterOption[] {
  const { from, to, field, options } = completeFilter(text, position, 'run');
  const typed = text.slice(from, position);
  const known =
    field === undefined
      ? []
      : knownValues(rows, field, typed).map((value) => ({ text: value, meaning: 'in this list' }));
  return [...known, ...options]
    .filter((option) => option.text !== text.slice(from, to))
    .map((option) => {
      // A value is whole; behind a field's name comes its value.
      const isWhole = field !== undefined && !/[>.]$/.test(option.text);
      const inserted = isWhole && !/^\s/.test(text.slice(to)) ? `${option.text} ` : option.text;
      return {
        ...option,
        result: {
          text: text.slice(0, from) + inserted + text.slice(to),
          position: from + inserted.length,
        },
      };
    });
}
