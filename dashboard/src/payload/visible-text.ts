/**
 * Characters that are not seen and change what is seen: direction overrides, zero widths, controls.
 * Joiners are none of them: some scripts cannot be written without.
 */
const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}]/gu;

/** A name with what hides in it made visible, on one line and not without end. */
export function visibleName(text: string, mostCharacters = 300): string {
  const line = text.slice(0, mostCharacters + 1).replace(/\s+/g, ' ');
  return visibleLine(line.length > mostCharacters ? `${line.slice(0, mostCharacters)}…` : line);
}

/** What hides in a line made visible. */
export function visibleLine(line: string): string {
  return line.replace(UNSEEN, (character) => `\u27e8${codeOf(character)}\u27e9`);
}

function codeOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
