import { createHash } from 'node:crypto';
import { searchWords } from '@spantail/protocol';

/** Longer ones (data in base64, say) are indexed by their hash: the index would cut them. */
const WORD_CHARACTERS = 200;

/** The words of a text as the index has them, separated by spaces; of a phrase, as it is asked. */
export function indexWords(text: string): string {
  return searchWords(text)
    .map((word) => (word.length > WORD_CHARACTERS ? hashOf(word) : word))
    .join(' ');
}

function hashOf(word: string): string {
  return createHash('sha256').update(word).digest('hex');
}
