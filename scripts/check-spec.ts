/**
 * Fails when PROTOCOL.md and the code disagree: a rule without a test that names it, a test that
 * names an unknown rule, or a table that differs from `shared/`.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ERRORS, LIMITS, QUERY_FIELDS, type FieldEntry } from '@spantail/protocol';
import { normalFormTables } from './normal-form-tables.ts';

const root = join(import.meta.dirname, '..');
const document = readFileSync(join(root, 'PROTOCOL.md'), 'utf8');
const problems: string[] = [];

const rules = new Set<string>();
for (const [, id = ''] of document.matchAll(/^- \*\*\[([A-Z]+\d+)\]\*\*/gm)) {
  if (rules.has(id)) problems.push(`PROTOCOL.md states rule ${id} twice`);
  rules.add(id);
}

const named = new Map<string, string>();
const testRoot = join(root, 'test');
for (const file of readdirSync(testRoot, { recursive: true, encoding: 'utf8' })) {
  if (!file.endsWith('.ts') || file.includes('node_modules')) continue;
  const text = readFileSync(join(testRoot, file), 'utf8');
  for (const [, ids = ''] of text.matchAll(/\[((?:[A-Z]{1,5}\d+)(?:, ?[A-Z]{1,5}\d+)*)\]/g))
    for (const id of ids.split(/, ?/)) named.set(id, file);
}
for (const id of rules) if (!named.has(id)) problems.push(`no test names rule ${id}`);
for (const [id, file] of named)
  if (!rules.has(id))
    problems.push(`test/${file} names rule ${id}, which PROTOCOL.md does not state`);

const cell = (value: number | null): string => (value === null ? '–' : String(value));
for (const [code, entry] of Object.entries(ERRORS)) {
  const row = `| \`${code}\` | ${cell(entry.http)} | ${cell(entry.close)} | ${entry.retry ? 'yes' : 'no'} | ${entry.title} |`;
  if (!document.includes(row)) problems.push(`PROTOCOL.md §14 lacks the row: ${row}`);
}
for (const [name, value] of Object.entries(LIMITS)) {
  const row = `| \`${name}\` | ${value.toLocaleString('en-US')} |`;
  if (!document.includes(row)) problems.push(`PROTOCOL.md §15 lacks a row that begins: ${row}`);
}

for (const [name, entry] of Object.entries<FieldEntry>(QUERY_FIELDS)) {
  const row = `| \`${name}\` | ${entry.of.map((subject) => `${subject}s`).join(', ')} | ${writtenAs(entry)} | ${entry.meaning} |`;
  if (!document.includes(row)) problems.push(`PROTOCOL.md §17 lacks the row: ${row}`);
}

for (const [table, { head, rows }] of Object.entries(normalFormTables()))
  for (const row of [head, ...rows])
    if (!document.includes(row))
      problems.push(`PROTOCOL.md §21 lacks, in its table of ${table}, the row: ${row}`);

function writtenAs({ kind, choices = {} }: FieldEntry): string {
  const lists = Object.entries(choices).map(([subject, names]) => {
    const list = names.map((name) => `\`${name}\``).join(', ');
    return Object.keys(choices).length > 1 ? `${list} of a ${subject}` : list;
  });
  return lists.length > 0 ? lists.join('; ') : kind;
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`check:spec: ${rules.size} rules, each named by a test; tables agree with shared/`);
