/**
 * UTF-8, both ways. `TextEncoder` and `TextDecoder` are the same in Node, browsers and workers; they
 * are declared here because this package is compiled without any platform's types.
 */
declare const TextEncoder: new () => { encode(text: string): Uint8Array };
declare const TextDecoder: new (
  label: string,
  options: { fatal: boolean; ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string };

const encoder = new TextEncoder();
// Without `ignoreBOM` a leading U+FEFF would vanish and the text would not be what was sent.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 of a text. A lone surrogate becomes U+FFFD: see {@link isWellFormed}. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/**
 * The text of UTF-8 bytes, a byte order mark kept.
 *
 * @throws TypeError when the bytes are not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Bytes of a text in UTF-8, a lone surrogate counted as U+FFFD. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    length += unit < 0x800 ? 1 : 2;
    if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < text.length) {
      const next = text.charCodeAt(i + 1);
      // A pair is four bytes, and two units were counted already.
      if (next >= 0xdc00 && next < 0xe000) i++;
    }
  }
  return length;
}

/** ES2024, in every engine since 2023: a glance at a text of one byte a character. */
interface WellFormedText {
  isWellFormed(): boolean;
  toWellFormed(): string;
}

/** Whether every surrogate has its partner, so that the text can be written in UTF-8. */
export function isWellFormed(text: string): boolean {
  return (text as unknown as WellFormedText).isWellFormed();
}

/**
 * The text with each lone surrogate replaced by U+FFFD. What is no text, as it may come from callers
 * that no compiler checks, is left to those who check.
 */
export function toWellFormed(text: string): string {
  return typeof text === 'string' ? (text as unknown as WellFormedText).toWellFormed() : text;
}

/** The first characters, at most `length` UTF-16 units, without cutting a surrogate pair. */
export function truncate(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}

/** Whether a text has at most this many Unicode code points. */
export function hasAtMostCharacters(text: string, limit: number): boolean {
  if (text.length <= limit) return true;
  if (text.length > 2 * limit) return false;
  let count = 0;
  for (const _ of text) if (++count > limit) return false;
  return true;
}

/** Whether `bytes[start, end)` is UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let i = start;
  while (i < end) {
    const lead = bytes[i++] ?? 0;
    if (lead < 0x80) continue;
    if (lead < 0xc2 || lead > 0xf4) return false;
    const more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    if (i + more > end) return false;
    const second = bytes[i] ?? 0;
    if (second < lowestSecond(lead) || second > highestSecond(lead)) return false;
    for (let k = 1; k < more; k++) if (((bytes[i + k] ?? 0) & 0xc0) !== 0x80) return false;
    i += more;
  }
  return true;
}

function lowestSecond(lead: number): number {
  if (lead === 0xe0) return 0xa0;
  return lead === 0xf0 ? 0x90 : 0x80;
}

function highestSecond(lead: number): number {
  if (lead === 0xed) return 0x9f;
  return lead === 0xf4 ? 0x8f : 0xbf;
}
