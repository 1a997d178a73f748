import { isWellFormed, SpantailError, type Filter } from '@spantail/protocol';
import type { Archive } from 'spantail';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../support/generate-run.ts';
import { ARCHIVES } from './archives.ts';
import { fill, SEED } from './generate-rows.ts';
import {
  archived,
  commitOf,
  entriesFrom,
  newTrace,
  runRow,
  spanRow,
  streamOf,
  WHOLE,
} from './samples.ts';

const ORDER = { project: 'default', sort: 'start', descending: true, limit: 1_000 } as const;
const MEBI = 1_048_576;

const HOSTILE = [
  "'",
  "''",
  "'; DROP TABLE spans; --",
  "' OR '1'='1",
  '$1',
  '$1::text',
  '?',
  ':name',
  '@x',
  ';',
  '%',
  '_',
  '\\',
  '\\%',
  '[a-z]',
  '*',
  '**',
  'a*b*c',
  '(?:a+)+$',
  'a AND b',
  'a OR b',
  'NOT a',
  'NEAR(a b, 3)',
  'col:word',
  'a*',
  '^a',
  '"open',
  'a + b',
  '{a b}:c',
  'a & b',
  'a | !b',
  'a <-> b',
  'a:*',
  "'a' & 'b'",
  '()',
  '!',
  '&',
  '<3>',
  '\u0000',
  'a\u0000b',
  '\uD800',
  'a\uDC00b',
  '\uFFFF',
  '\u202E',
  '\uFEFF',
  '🦀'.repeat(100),
  'NULL',
  'null',
  'true',
  'NaN',
  'Infinity',
  '1e999',
  '\\x00',
  '\\u0000',
  '{"a":1}',
  '__proto__',
] as const;

const HUGE = [
  'a'.repeat(MEBI),
  'word '.repeat(MEBI / 5),
  Array.from({ length: MEBI / 8 }, (_, i) => `w${i}`).join(' '),
  "'".repeat(MEBI),
  '*a'.repeat(MEBI / 2),
  '\u0000'.repeat(MEBI),
  '"'.repeat(MEBI),
] as const;

function filtersWith(text: string): Filter[] {
  return [
    { kind: 'text', phrase: text },
    { kind: 'field', field: 'name', operator: '=', value: text },
    { kind: 'field', field: 'name', operator: '!=', value: text },
    { kind: 'field', field: 'name', operator: '=', value: text, pattern: true },
    { kind: 'field', field: 'trace', operator: '=', value: text },
    { kind: 'field', field: 'status', operator: '=', value: text },
    { kind: 'field', field: 'duration', operator: '=', value: text },
    { kind: 'attribute', key: text, operator: '=', value: text },
    { kind: 'attribute', key: text, operator: '>', value: 1 },
    { kind: 'attribute', key: 'k', operator: '=', value: text, pattern: true },
  ];
}

/** The rows' ids, or the code of the one error that may come instead. */
async function answer(
  archive: Archive,
  of: 'runs' | 'spans',
  filter: Filter,
): Promise<string[] | 'QUERY_INVALID'> {
  try {
    const { rows } = await archive[of]({ ...ORDER, filter });
    return rows.map((row) => ('spanId' in row ? row.spanId : row.traceId));
  } catch (error) {
    if (error instanceof SpantailError && error.code === 'QUERY_INVALID') return error.code;
    throw error;
  }
}

describe.each(ARCHIVES)(`hostile queries of $name (SEED=${SEED})`, ({ open }) => {
  it('takes every text for what it is, never for a part of the language below', async () => {
    const archive = await open();
    const { oracle } = await fill(archive, seededRandom(SEED), { runs: 10, spans: 4 });
    for (const text of HOSTILE)
      for (const filter of filtersWith(text))
        for (const of of ['runs', 'spans'] as const) {
          const wanted = await answer(oracle, of, filter);
          expect(await answer(archive, of, filter), JSON.stringify(filter)).toEqual(wanted);
        }
  });

  it('answers a filter of a mebibyte, or refuses it as a query', async () => {
    const archive = await open();
    const { oracle } = await fill(archive, seededRandom(SEED), { runs: 1, spans: 2 });
    for (const text of HUGE)
      for (const filter of filtersWith(text)) {
        const actual = await answer(archive, 'spans', filter);
        if (actual !== 'QUERY_INVALID')
          expect(actual).toEqual(await answer(oracle, 'spans', filter));
      }
    const { rows } = await archive.spans(ORDER);
    expect(rows).toHaveLength(2);
  });

  it('answers a filter of a thousand conditions, and a hundred levels', async () => {
    const archive = await open();
    const { oracle } = await fill(archive, seededRandom(SEED), { runs: 10, spans: 4 });
    const name: Filter = { kind: 'field', field: 'name', operator: '=', value: 'search' };
    const wide: Filter = { kind: 'or', of: Array.from({ length: 1_000 }, () => name) };
    let deep: Filter = name;
    for (let i = 0; i < 101; i++) deep = { kind: 'not', of: deep };
    for (const filter of [wide, deep])
      expect(await answer(archive, 'spans', filter)).toEqual(await answer(oracle, 'spans', filter));
  });

  it('keeps and finds rows that are hostile themselves', async () => {
    const archive = await open();
    const traceId = newTrace();
    // An event's text is well-formed: a lone surrogate never comes this far (EV6).
    const texts = HOSTILE.filter((text) => isWellFormed(text));
    const spans = texts.map((text) =>
      archived(
        spanRow(traceId, {
          name: text,
          attributes: { [text === '__proto__' ? 'proto' : text]: text, list: [text, { text }] },
          outputText: text,
          error: { type: text, message: text },
        }),
        `${text} findme`,
      ),
    );
    spans.push(archived(spanRow(traceId, { name: 'long' }), `${'ab '.repeat(300_000)}the end`));
    spans.push(archived(spanRow(traceId, { name: 'longer' }), `${'x'.repeat(MEBI)} the end`));
    const run = runRow(traceId, { name: 'a\u0000b', tags: [...texts], models: [...texts] });
    await archive.commit([commitOf(traceId, entriesFrom(1, 1), { run, spans })]);

    expect(await archive.run(streamOf(traceId))).toEqual(run);
    const { rows } = await archive.spans(ORDER);
    expect(new Map(rows.map((row) => [row.spanId, row]))).toEqual(
      new Map(spans.map(({ row }) => [row.spanId, row])),
    );
    const find = async (filter: Filter) => {
      const found = await archive.spans({ ...ORDER, filter });
      return found.rows.map(({ name }) => name);
    };
    for (const text of texts)
      expect(await find({ kind: 'field', field: 'name', operator: '=', value: text })).toContain(
        text,
      );
    expect(await find({ kind: 'text', phrase: 'the end' })).toHaveLength(2);
    expect(await find({ kind: 'text', phrase: 'findme' })).toHaveLength(texts.length);
    expect(await find({ kind: 'text', phrase: `${'x'.repeat(MEBI)} the` })).toEqual(['longer']);
    expect(await find({ kind: 'text', phrase: `${'x'.repeat(MEBI - 1)} the` })).toEqual([]);
    const groups = await archive.stats({ project: 'default', by: 'name', limit: 1_000 });
    expect(new Set(groups.map(({ group }) => group))).toEqual(
      new Set([...texts, 'long', 'longer']),
    );
  });

  it('has nothing of ids, projects and positions that nobody knows', async () => {
    const archive = await open();
    const { commits } = await fill(archive, seededRandom(SEED), { runs: 2, spans: 2 });
    const known = commits[0]?.streamId ?? '';
    const strange = [
      newTrace(),
      '',
      '@runs',
      'x',
      known.toUpperCase().replace(/\d/g, 'A'),
      "' OR 1=1",
      'a\u0000',
    ];
    const streams = [
      ...strange.map((id) => streamOf(id)),
      streamOf(known, 'nobody'),
      streamOf(known, '\u0000'),
    ];
    for (const stream of streams) {
      expect(await archive.position(stream)).toBeUndefined();
      expect(await archive.tail(stream)).toBeUndefined();
      expect(await archive.run(stream)).toBeUndefined();
      expect(await archive.read(stream, WHOLE)).toEqual([]);
      expect(await archive.entry(stream, '1000-0')).toBeUndefined();
      expect(await archive.positionAt(stream, 1e15)).toBeUndefined();
      expect((await archive.runSpans(stream, 10)).rows).toEqual([]);
      expect(await archive.path(stream, 'a'.repeat(16))).toEqual([]);
    }
    for (const spanId of ['', 'x', 'a'.repeat(16), "'", '\u0000', 'A'.repeat(16)])
      expect(await archive.path(streamOf(known), spanId)).toEqual([]);
    for (const position of ['0-0', '999-0', '1000-1', '9007199254740991-9007199254740991'])
      expect(await archive.entry(streamOf(known), position)).toBeUndefined();
    expect(await archive.remove('nobody', [known])).toBe(0);
    expect(await archive.remove('default', strange)).toBe(0);
    expect(await archive.getBlobs('nobody', [new Uint8Array(16)])).toEqual([undefined]);
  });
});
