import {
  completeFilter,
  fieldEntry,
  fieldsOf,
  parseFilter,
  type QuerySubject,
} from '@spantail/protocol';
import { describe, expect, it } from 'vitest';

/** The text before and behind a `|`, which is where the user is. */
function complete(marked: string, subject: QuerySubject = 'span') {
  const position = marked.indexOf('|');
  const text = marked.replace('|', '');
  const { from, to, options, field } = completeFilter(text, position, subject);
  const texts = options.map((option) => option.text);
  return { replaced: text.slice(from, to), texts, field, all: options, text, from, to };
}

describe('[Q12] completion', () => {
  it('offers every field at the beginning of a term, and only those of the rows', () => {
    for (const subject of ['run', 'span'] as const)
      for (const marked of ['|', 'status:ok |', '(|', 'a OR |', '-|'])
        expect(complete(marked, subject).texts.filter((text) => text !== '@')).toEqual(
          fieldsOf(subject).map((field) => `${field}:`),
        );
    expect(complete('|').texts).toContain('@');
    expect(complete('|', 'run').texts).not.toContain('@');
  });

  it('offers what begins as written, and replaces the whole name', () => {
    expect(complete('sta|')).toMatchObject({ replaced: 'sta', texts: ['status:', 'start:'] });
    expect(complete('a -st|atus:ok')).toMatchObject({ replaced: 'status:' });
    expect(complete('O|').texts).toEqual(['OR ']);
    // What is written small may be meant.
    for (const typed of ['or', 'not'])
      expect(complete(`a ${typed}|`).texts).toEqual([`${typed.toUpperCase()} `]);
    expect(complete('zzz|').texts).toEqual([]);
  });

  it('offers values of lists, and how others are written', () => {
    expect(complete('status:|', 'run').texts).toEqual(['running', 'ok', 'error', 'lost']);
    expect(complete('status:!=o|')).toMatchObject({
      replaced: 'o',
      texts: ['open', 'ok'],
      field: 'status',
    });
    expect(complete('x type:to|ol y')).toMatchObject({ replaced: 'tool', texts: ['tool'] });
    expect(complete('duration:|').texts).toContain('>2s');
    expect(complete('model:g|')).toMatchObject({ replaced: 'g', texts: [], field: 'model' });
  });

  it('says what each value of a list means', () => {
    for (const subject of ['run', 'span'] as const)
      for (const field of fieldsOf(subject)) {
        const { choices, meaning } = fieldEntry(field);
        const offered = complete(`${field}:|`, subject).all;
        for (const choice of choices?.[subject] ?? []) {
          const option = offered.find(({ text }) => text === choice);
          expect(option?.meaning, choice).not.toBe(meaning);
        }
        const meanings = offered.map((option) => option.meaning);
        expect(new Set(meanings).size).toBe(meanings.length);
      }
  });

  it('offers nothing inside of quotes, or for a field that is not there', () => {
    expect(complete('"sta|').texts).toEqual([]);
    expect(complete('name:"x sta|"').texts).toEqual([]);
    expect(complete('"x" sta|').texts).toEqual(['status:', 'start:']);
    expect(complete('service:|').texts).toEqual([]);
  });

  it('gives values that can be read', () => {
    for (const subject of ['run', 'span'] as const)
      for (const field of fieldsOf(subject))
        for (const { text } of complete(`${field}:|`, subject).all)
          expect(parseFilter(`${field}:${text}`, { subject, nowUs: 9e15 })).toBeDefined();
  });
});
