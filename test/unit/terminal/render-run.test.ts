import { stripVTControlCharacters } from 'node:util';
import { RunTree } from '@spantail/protocol';
import stringWidth from 'string-width';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { renderRun, type RenderOptions } from '../../../server/src/terminal/render-run.ts';
import { PLAIN, styleFor } from '../../../server/src/terminal/style.ts';
import {
  TRACE_ID,
  buildTree,
  jsonPayload,
  textPayload,
  type BuiltSpan,
} from '../../support/span-tree.ts';

const SECOND = 1_000_000;

function frame(tree: RunTree, options: Partial<RenderOptions> = {}): string[] {
  return renderRun(tree, {
    nowUs: 10 * SECOND,
    columns: 80,
    rows: 24,
    style: PLAIN,
    status: 'live',
    ...options,
  }).split('\n');
}

const row = (span: BuiltSpan, options: Partial<RenderOptions> = {}): string =>
  frame(buildTree([span]), options)[1] ?? '';

describe('a span', () => {
  it('[PROM1] that is open has a running clock and says what it was given', () => {
    const tree = buildTree([{ name: 'Bash', startUs: 0, input: jsonPayload({ command: 'ls' }) }]);
    expect(frame(tree, { nowUs: 1.4 * SECOND })[1]).toMatch(/^● Bash {2}tool {2}ls +1\.4 s$/);
    expect(frame(tree, { nowUs: 61 * SECOND })[1]).toMatch(/ 1 m 01 s$/);
  });

  it("whose clock is ahead of the viewer's has just begun", () => {
    expect(row({ startUs: 20 * SECOND })).toMatch(/ 0 µs$/);
  });

  it('[PROM2] that grows shows the newest of its output', () => {
    expect(row({ delta: `${'old '.repeat(100)}newest` })).toMatch(
      /^● step 0 {2}tool {2}….*newest /,
    );
  });

  it('that ended has its duration, its call and its result', () => {
    const input = jsonPayload({ command: 'ls' });
    const end = { endUs: 1.5 * SECOND, output: textPayload('a.txt\nb.txt') };
    expect(row({ startUs: 0, input, end })).toMatch(
      /^✔ step 0 {2}tool {2}ls → a.txt b.txt +1\.5 s$/,
    );
    expect(row({ spanType: 'agent', input, end: {} })).toMatch(/^✔ step 0 {2}agent {2}ls /);
    expect(row({ startUs: 0, delta: 'grown', end: {} })).toMatch(/^✔ step 0 {2}tool {2}grown /);
  });

  it('that failed has its error, a class of errors by name', () => {
    const failed = (type: string, message: string): string =>
      row({ startUs: 0, end: { status: 'error', error: { type, message } } });
    expect(failed('HttpError', '429 Too Many')).toMatch(
      /^✖ step 0 {2}tool {2}HttpError: 429 Too Many/,
    );
    expect(failed('tool_error', '<e>not found</e>')).toMatch(/^✖ step 0 {2}tool {2}not found /);
    expect(failed('exit_code', '')).toMatch(/^✖ step 0 {2}tool {2}exit_code /);
    expect(row({ end: { status: 'error' } })).toMatch(/^✖ step 0 {2}tool {2}failed /);
  });

  it('that was lost is marked and has the time it was last seen', () => {
    const lost = row({ startUs: 0, end: { endUs: 3 * SECOND, status: 'unset', reason: 'lost' } });
    expect(lost).toMatch(/^\? step 0 {2}tool {2}lost: its publisher went silent +3\.0 s$/);
  });

  it('of which only the end is known has neither name nor clock', () => {
    const tree = new RunTree(TRACE_ID);
    tree.apply({ type: 'update', spanId: '1'.repeat(16), seq: 0, outputDelta: 'x' });
    expect(frame(tree)[1]).toMatch(/^● \(no name yet\) {2}step {2}x/);
  });

  it('of a model has its tokens in a column of their own', () => {
    const usage = { inputTokens: 25_353, outputTokens: 13 };
    const lines = frame(
      buildTree([
        { name: 'root', spanType: 'agent' },
        { parent: 0, spanType: 'model', end: { endUs: SECOND, usage } },
        { parent: 0, end: {} },
      ]),
      { columns: 120 },
    );
    expect(lines[2]).toMatch(/ 25\.4k → 13 tokens {2}999 ms$/);
    const ends = lines.slice(1).map((line) => stringWidth(line));
    expect(new Set(ends)).toEqual(new Set([120]));
  });
});

describe('the header', () => {
  const tree = buildTree([
    { startUs: 0, attributes: { 'service.name': 'research-agent' } },
    { parent: 0, end: { status: 'error' } },
    { parent: 0, end: { reason: 'lost', status: 'unset' } },
  ]);

  it('says whose run it is, how it goes, and which', () => {
    expect(frame(tree, { columns: 120 })[0]).toBe(
      `research-agent  live · 3 steps · 1 open · 1 failed · 1 lost · 10.0 s  ${TRACE_ID}`,
    );
  });

  it('does not call a run by the name that OpenTelemetry has for no name', () => {
    const named = (service: string): string =>
      frame(buildTree([{ attributes: { 'service.name': service } }]))[0] ?? '';
    expect(named('unknown_service:node')).toMatch(/^run {2}live /);
    expect(named('unknown_service')).toMatch(/^run {2}live /);
    expect(named('unknown_services')).toMatch(/^unknown_services {2}live /);
  });

  it('gives up the id first, the state last', () => {
    expect(frame(tree, { columns: 80 })[0]).toMatch(/10\.0 s {2}abababab…$/);
    expect(frame(tree, { columns: 72 })[0]).toMatch(/10\.0 s$/);
    expect(frame(tree, { columns: 24 })[0]).toMatch(/^research-agent {2}live · …$/);
  });

  it('[PROM9] tells what publishers had to drop', () => {
    const lossy = new RunTree(TRACE_ID);
    const dropped = { events: 1, updates: 2, payloads: 3 };
    lossy.apply({ type: 'update', spanId: '1'.repeat(16), seq: 0, dropped });
    expect(frame(lossy, { columns: 120 })[0]).toMatch(/ · 6 dropped by the publisher/);
  });

  it('stands above the note, and above a word while nothing is there', () => {
    const empty = new RunTree(TRACE_ID);
    expect(frame(empty)).toEqual([
      `run  live · 0 steps  ${TRACE_ID}`,
      '  waiting for the first step',
    ]);
    expect(frame(empty, { status: 'connecting' })).toHaveLength(1);
    expect(frame(tree, { note: 'earlier events\nare gone' })[1]).toBe('  earlier events are gone');
  });
});

describe('whatever is in the run', () => {
  const HOSTILE = [
    '\u001B[2J\u001B[31m',
    '\u001B]0;title\u0007',
    '\u202Egnp.exe',
    'a\u200Bb\nc\rd',
    '日本語の名前がとても長い',
    '👨\u200D👩\u200D👧\uFE0F🏳️\u200D🌈',
    `z${'\u0300'.repeat(300)}`,
    '\uD800',
    'x'.repeat(1_048_576),
    '\u001B['.repeat(300_000),
    '🙂'.repeat(300_000),
  ];
  const usage = { inputTokens: Number.MAX_SAFE_INTEGER, outputTokens: 0 };
  const tree = buildTree([
    { attributes: { 'service.name': HOSTILE.join('') } },
    ...HOSTILE.flatMap((text): BuiltSpan[] => [
      { parent: 0, name: text, input: textPayload(text) },
      { parent: 0, name: 'n', delta: text },
      { parent: 0, name: 'n', end: { output: textPayload(text), usage } },
      { parent: 0, name: 'n', end: { status: 'error', error: { type: text, message: text } } },
    ]),
    ...Array.from({ length: 60 }, (_, index): BuiltSpan => ({
      parent: index === 0 ? 0 : 44 + index,
    })),
  ]);

  it.each([1, 2, 3, 10, 23, 24, 40, 59, 60, 80, 99, 100, 160, 400])(
    'a frame of %i columns holds its lines, its height and no control character',
    (columns) => {
      for (const rows of [1, 2, 5, 24, 60, Number.POSITIVE_INFINITY]) {
        const lines = frame(tree, { columns, rows, note: HOSTILE.join(' ') });
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) {
          expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Cs}\u200B]/u);
          expect(stringWidth(line), JSON.stringify(line)).toBeLessThanOrEqual(columns);
        }
      }
    },
  );
});

describe('colours', () => {
  afterEach(() => vi.unstubAllEnvs());
  const tree = buildTree([
    {},
    { parent: 0, end: {} },
    { parent: 0, end: { status: 'error' } },
    { parent: 0, end: { reason: 'lost' } },
  ]);

  it('change nothing of what is written', () => {
    vi.stubEnv('NO_COLOR', '');
    vi.stubEnv('FORCE_COLOR', '');
    const style = styleFor({ isTTY: true });
    for (const columns of [10, 30, 80, 120]) {
      const coloured = frame(tree, { columns, style, note: 'a note' }).join('\n');
      expect(coloured).toContain('\u001B[');
      expect(stripVTControlCharacters(coloured)).toBe(
        frame(tree, { columns, note: 'a note' }).join('\n'),
      );
    }
  });

  it('are left out for NO_COLOR and where no terminal is, unless forced', () => {
    vi.stubEnv('NO_COLOR', '');
    vi.stubEnv('FORCE_COLOR', '');
    expect(styleFor({ isTTY: true }).failed('x')).not.toBe('x');
    expect(styleFor({}).failed('x')).toBe('x');
    vi.stubEnv('FORCE_COLOR', '1');
    expect(styleFor({}).failed('x')).not.toBe('x');
    vi.stubEnv('FORCE_COLOR', '0');
    expect(styleFor({ isTTY: true }).failed('x')).toBe('x');
    vi.stubEnv('FORCE_COLOR', '1');
    vi.stubEnv('NO_COLOR', '1');
    expect(styleFor({ isTTY: true }).failed('x')).toBe('x');
  });
});
