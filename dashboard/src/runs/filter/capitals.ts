/** A word that the filter's language has in capitals, and searches for as it is written. */
export interface MissingCapitals {
  word: string;
  /** The filter with all of them in capitals. */
  result: string;
}

/** `or` and `and` between two terms, `not` in front of one; in quotes they are words. */
export function missingCapitals(text: string): MissingCapitals | undefined {
  const terms = termsOf(text);
  let result = text;
  let word: string | undefined;
  for (const [i, { from, term }] of terms.entries()) {
    const isOperator = /^(?:or|and)$/i.test(term) ? i > 0 : /^not$/i.test(term);
    if (!isOperator || i === terms.length - 1 || term === term.toUpperCase()) continue;
    word ??= term;
    result = result.slice(0, from) + term.toUpperCase() + result.slice(from + term.length);
  }
  return word === undefined ? undefined : { word, result };
}

function termsOf(text: string): { from: number; term: string }[] {
  const found = text.matchAll(/(?:"(?:\\.|[^"\\])*"?|[^\s()"])+/gs);
  return [...found].map(({ 0: term, index }) => ({ from: index, term }));
}
