import { runValues, type QueryField, type RunRow } from '@spantail/protocol';

/** Fields whose values are worth offering: few of them, each of many runs. */
const OFFERED: readonly QueryField[] = [
  'name',
  'service',
  'agent',
  'model',
  'session',
  'user',
  'tag',
];
const MOST = 8;

/** What listed runs have in a field and begins with what is typed, as a filter writes it. */
export function knownValues(rows: readonly RunRow[], field: QueryField, typed: string): string[] {
  if (!OFFERED.includes(field)) return [];
  const wanted = typed.replace(/^"/, '').toLowerCase();
  const found = new Set<string>();
  for (const row of rows)
    for (const value of runValues(row, field)) {
      const text = String(value);
      if (text !== '' && text.toLowerCase().startsWith(wanted)) found.add(text);
      if (found.size === MOST) return [...found].map(written);
    }
  return [...found].map(written);
}

/** In quotes where the language would read it as something else. */
function written(value: string): string {
  return /^[\w./@+-]+$/.test(value) && !/^[-<>=!]/.test(value)
    ? value
    : `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
