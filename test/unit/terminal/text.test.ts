import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import {
  fit,
  fitEnd,
  formatCount,
  formatDuration,
  lineFrom,
  lineTo,
  oneLine,
  widthOf,
} from '../../../server/src/terminal/text.ts';

describe('text from an agent as one safe line', () => {
  it.each([
    ['colours', '\u001B[31mred\u001B[0m', 'red'],
    ['a cursor that moves', 'a\u001B[2J\u001B[Hb', 'ab'],
    ['a link', '\u001B]8;;https://example.org\u0007here\u001B]8;;\u0007', 'here'],
    ['a title', '\u001B]0;owned\u0007x', 'x'],
    ['half an escape sequence', 'a\u001B[', 'a ['],
    ['control characters in one byte', 'a\u009B31mb', 'ab'],
    ['line breaks of every kind', 'a\r\nb\u2028c\u2029d\u0085e\vf', 'a b c d e f'],
    ['a bell and a backspace', 'a\u0007\bb', 'a b'],
    ['text that turns direction', 'a\u202Etxt.exe\u202C\u2066b\u2069\u200F', 'atxt.exeb'],
    ['zero width', 'a\u200B\u200C\u200D\u2060\uFEFFb', 'ab'],
    ['fillers that show nothing', 'a\u3164\u115F\uFFA0\u00ADb', 'ab'],
    ['marks of annotations', 'a\uFFF9b\uFFFB', 'ab'],
    ['tag characters', 'a\u{E0041}\u{E0042}b', 'ab'],
    ['lone surrogates', 'a\uD800b', 'a\uFFFDb'],
    ['a stack of marks', `a${'\u0301'.repeat(500)}b`, 'a\u0301\u0301b'],
    ['room', '  a  \t  b  ', 'a b'],
    ['a sequence of emoji', '👨\u200D👩\u200D👧', '👨👩👧'],
  ])('%s', (_what, text, shown) => {
    expect(oneLine(text)).toBe(shown);
  });

  it('changes nothing that is safe', () => {
    for (const text of ['plain', 'héllo', '日本語', 'שלום', 'a👍b', 'x → y', '{"a": 1}'])
      expect(oneLine(text)).toBe(text);
  });

  it('takes from a megabyte only what can be seen', () => {
    const text = '\u001B[31m'.repeat(200_000);
    expect(lineFrom(`begin ${text}`, 40)).toMatch(/^begin/);
    expect(lineFrom('x'.repeat(1_048_576), 40)).toHaveLength(40);
    expect(lineTo(`${'x'.repeat(1_048_576)}end`, 40)).toMatch(/^x{37}end$/);
  });

  it('never cuts a pair of surrogates into something else', () => {
    expect(lineFrom('abc👍', 4)).toBe('abc\uFFFD');
    expect(lineTo('👍abc', 4)).toBe('\uFFFDabc');
  });
});

describe('cutting to columns', () => {
  const texts = [
    'plain text',
    '日本語のテキスト',
    'mixed 日本 text',
    '👍👍👍👍',
    'e\u0301te\u0301',
    '',
  ];

  it('never takes more columns than there are, wide characters counted as two', () => {
    for (const text of texts)
      for (let columns = -1; columns < 20; columns++)
        for (const cut of [fit(text, columns), fitEnd(text, columns)])
          expect(stringWidth(cut), `${text} in ${columns}`).toBeLessThanOrEqual(
            Math.max(0, columns),
          );
  });

  it('leaves what fits, and says where something is missing', () => {
    for (const text of texts) {
      expect(fit(text, widthOf(text))).toBe(text);
      expect(fitEnd(text, widthOf(text))).toBe(text);
      if (widthOf(text) < 4) continue;
      expect(fit(text, widthOf(text) - 1)).toMatch(/…$/);
      expect(fitEnd(text, widthOf(text) - 1)).toMatch(/^…/);
    }
    expect(fit('abcdef', 4)).toBe('abc…');
    expect(fitEnd('abcdef', 4)).toBe('…def');
    expect(fitEnd('abcdef', 1)).toBe('…');
  });

  it('adds no escape sequence', () => {
    for (const text of texts)
      expect(stripVTControlCharacters(fit(text, 5) + fitEnd(text, 5))).toBe(
        fit(text, 5) + fitEnd(text, 5),
      );
  });
});

describe('numbers', () => {
  it.each([
    [-5, '0 µs'],
    [227, '227 µs'],
    [7_000, '7 ms'],
    [999_600, '1.0 s'],
    [12_340_000, '12.3 s'],
    [59_949_000, '59.9 s'],
    [59_960_000, '1 m 00 s'],
    [245_400_000, '4 m 05 s'],
    [3_599_600_000, '1 h 00 m'],
    [7_620_000_000, '2 h 07 m'],
  ])('a duration of %i µs is %s', (us, shown) => {
    expect(formatDuration(us)).toBe(shown);
  });

  it.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1.0k'],
    [25_353, '25.4k'],
    [99_960, '100k'],
    [999_600, '1.0M'],
    [12_345_678, '12.3M'],
  ])('%i is %s', (count, shown) => {
    expect(formatCount(count)).toBe(shown);
  });
});
