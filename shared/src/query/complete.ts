import { choiceMeaning } from './choice-meanings.ts';
import {
  fieldEntry,
  fieldsOf,
  isQueryField,
  type FieldEntry,
  type QueryField,
  type QuerySubject,
} from './fields.ts';

export interface Completion {
  /** What replaces the text from `from` to `to`. */
  text: string;
  meaning: string;
}

export interface Completions {
  from: number;
  to: number;
  /** The field whose value is being written; of a text field the caller may know values. */
  field?: QueryField;
  options: Completion[];
}

const WORDS: Completion[] = [
  { text: 'OR ', meaning: 'one of the two sides' },
  { text: 'NOT ', meaning: 'not what follows' },
];

/** Values that show how they are written, by kind of field. */
const EXAMPLES: Record<FieldEntry['kind'], readonly Completion[]> = {
  text: [],
  choice: [],
  count: [{ text: '>10k', meaning: 'more than 10,000' }],
  duration: [
    { text: '>2s', meaning: 'longer than two seconds' },
    { text: '100ms..1s', meaning: 'from 100 ms to one second' },
  ],
  money: [{ text: '>0.05', meaning: 'more than five cents' }],
  time: [
    { text: '>-1h', meaning: 'in the last hour' },
    { text: '>-7d', meaning: 'in the last week' },
  ],
};

/** What can be written at a position of a filter's text: names of fields, or values of one. */
export function completeFilter(text: string, position: number, subject: QuerySubject): Completions {
  const start = termStart(text, position);
  if (start === undefined) return { from: position, to: position, options: [] };
  const typed = text.slice(start, position);
  const [, name = '', operator = '', value = ''] = /^(\w+):([<>=!]*)(.*)$/s.exec(typed) ?? [];
  if (isQueryField(name) && fieldEntry(name).of.includes(subject))
    return valuesOf(name, subject, operator, value, { text, position });
  const to = position + (/^\w*:?/.exec(text.slice(position))?.[0].length ?? 0);
  return { from: start, to, options: /[:"]/.test(typed) ? [] : namesFor(typed, subject) };
}

function valuesOf(
  field: QueryField,
  subject: QuerySubject,
  operator: string,
  typed: string,
  { text, position }: { text: string; position: number },
): Completions {
  const { kind, choices, meaning } = fieldEntry(field);
  const to = position + (/^[^\s()"]*/.exec(text.slice(position))?.[0].length ?? 0);
  const listed = (choices?.[subject] ?? []).map((choice) => ({
    text: choice,
    meaning: choiceMeaning(field, subject, choice) ?? meaning,
  }));
  const isExample = operator === '' && typed === '';
  const options = [
    ...listed.filter((option) => option.text.startsWith(typed.toLowerCase())),
    ...(isExample ? EXAMPLES[kind] : []),
  ];
  return { from: position - typed.length, to, field, options };
}

function namesFor(typed: string, subject: QuerySubject): Completion[] {
  const names = fieldsOf(subject).map((field) => ({
    text: `${field}:`,
    meaning: fieldEntry(field).meaning,
  }));
  const attribute = { text: '@', meaning: 'an attribute by its key: @key:value' };
  const all = [...names, ...(subject === 'span' ? [attribute] : [])];
  // They are in capitals; whoever writes them small may not know.
  const words = typed === '' ? [] : WORDS;
  return [
    ...all.filter((option) => option.text.startsWith(typed)),
    ...words.filter((option) => option.text.startsWith(typed.toUpperCase())),
  ];
}

/** Where the term around the position begins, a minus left out; `undefined` inside of quotes. */
function termStart(text: string, position: number): number | undefined {
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < position; at++) {
    const character = text.charAt(at);
    if (character === '\\') at++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && /[\s()]/.test(character)) start = at + 1;
  }
  if (isQuoted) return undefined;
  return text.charAt(start) === '-' && start < position ? start + 1 : start;
}
