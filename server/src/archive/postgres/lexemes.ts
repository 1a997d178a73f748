import { toWellFormed } from '@spantail/protocol';

/** A tsvector takes words up to 2,046 bytes; no index gets better by more than this. */
const LEXEME_CHARACTERS = 64;
/** A tsvector holds 1 MiB; what is beyond is not found. Indexed text is capped far below. */
const LEXEME_BYTES = 900_000;
/** More words of a phrase do not narrow down any further. */
const QUERY_WORDS = 32;

/** Distinct words as they go into the index. */
export function lexemesOf(words: readonly string[]): string[] {
  const lexemes = new Set<string>();
  let bytes = 0;
  for (const word of words) {
    const lexeme = cut(word);
    if (lexemes.has(lexeme)) continue;
    bytes += Buffer.byteLength(lexeme);
    if (bytes > LEXEME_BYTES) break;
    lexemes.add(lexeme);
  }
  return [...lexemes];
}

/**
 * What finds all texts with these words next to each other, and perhaps others: `exact` when it
 * finds no others. Words are letters, digits and marks, so nothing in them needs escaping.
 */
export function phraseQuery(words: readonly string[]): { query: string; exact: boolean } {
  const lexemes = [...new Set(words.map(cut))]
    .toSorted((a, b) => b.length - a.length)
    .slice(0, QUERY_WORDS);
  const query = lexemes.map((lexeme) => `'${lexeme}'`).join(' & ');
  return { query, exact: words.length === 1 && words[0] === lexemes[0] };
}

function cut(word: string): string {
  return word.length <= LEXEME_CHARACTERS ? word : toWellFormed(word.slice(0, LEXEME_CHARACTERS));
}
