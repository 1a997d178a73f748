const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/**
 * The words of a text: runs of letters, digits and marks, in lower case. Every store breaks up text
 * this way, whatever its full-text engine would do, so that all find the same.
 */
export function searchWords(text: string): string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

/** Whether the words of `phrase` stand next to each other in `text`; a phrase without words does not. */
export function containsPhrase(text: string, phrase: string): boolean {
  const wanted = searchWords(phrase);
  return wanted.length > 0 && ` ${searchWords(text).join(' ')} `.includes(` ${wanted.join(' ')} `);
}
