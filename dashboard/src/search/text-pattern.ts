/** Finds a text, small letters and capitals alike; `undefined` for blanks. */
export function textPattern(text: string, flags: 'i' | 'gi' = 'i'): RegExp | undefined {
  const wanted = text.trim();
  if (wanted === '') return undefined;
  return new RegExp(wanted.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`), flags);
}
