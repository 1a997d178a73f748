import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { JsonView } from 'react-json-view-lite';
import { describe, expect, it } from 'vitest';
import { foldable } from '../../../dashboard/src/payload/foldable.ts';
import type { ListRanges } from '../../../dashboard/src/payload/list-ranges.ts';
import { recognise, recognisePlain } from '../../../dashboard/src/payload/recognise.ts';
import { readBlocks } from '../../../dashboard/src/payload/recorded-blocks.ts';
import { textBlocks } from '../../../dashboard/src/payload/text-blocks.ts';
import { visibleName } from '../../../dashboard/src/payload/visible-text.ts';
import { writeJson } from '../../../dashboard/src/payload/write-json.ts';

function nested(levels: number): unknown {
  return JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`) as unknown;
}

describe('recognise', () => {
  it.each([
    ['plain words', 'text'],
    ['# Title\n\ntext', 'markdown'],
    ['see [this](https://example.com)', 'markdown'],
    ['{"a":1}', 'json'],
    ['{"a":', 'text'],
    ['diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b', 'diff'],
    ['data:image/png;base64,AAAA', 'image'],
    ['', 'empty'],
    [[{ role: 'user', content: 'x' }], 'messages'],
    ['[{"role":"user","content":"x"}]', 'messages'],
    [{ command: 'a\nb', n: 1 }, 'fields'],
    [{ a: 1 }, 'json'],
    [7, 'text'],
    ['Well.\n<tool_use name="Bash">{}</tool_use>', 'blocks'],
    ['about the <thinking> tag', 'text'],
  ])('takes %j for %s', (value, kind) => expect(recognise(value).kind).toBe(kind));

  it('comes through what nests 10,000 levels deep', () => {
    expect(recognise(nested(10_000)).kind).toBe('json');
    expect(recognisePlain({ a: nested(10_000), b: 'x\ny' }).kind).toBe('fields');
    expect(recognise(`${'> '.repeat(10_000)}# x`).kind).toBe('text');
    expect(recognise(`${'['.repeat(10_000)}](https://a.b)`).kind).toBe('text');
  });
});

describe('readBlocks', () => {
  const text = (value: string) => ({ kind: 'text' as const, text: value });
  const thought = (value: string) => ({ kind: 'reasoning' as const, text: value });
  const call = (input: unknown) => ({ kind: 'tool-call' as const, name: 'Bash', input });

  it('reads thoughts and calls out of a recorded text, also while it grows', () => {
    const whole = '<thinking>\nhm\n</thinking>\nI look.\n<tool_use name="Bash">{"a":1}</tool_use>';
    expect(readBlocks(whole)).toEqual([thought('hm'), text('I look.'), call({ a: 1 })]);
    expect(readBlocks('I look.\n<tool_use name="Bash">{"a"')).toEqual([
      text('I look.'),
      call('{"a"'),
    ]);
    expect(readBlocks('<thinking>\nhm')).toEqual([thought('hm')]);
  });

  it('takes for an end only what ends a line', () => {
    const inside = '{"a":"</tool_use> <thinking>"}';
    expect(readBlocks(`<tool_use name="Bash">${inside}</tool_use>\nDone`)).toEqual([
      call({ a: '</tool_use> <thinking>' }),
      text('Done'),
    ]);
  });

  it('leaves a text alone that speaks of such marks', () => {
    expect(readBlocks('a < b')).toBeUndefined();
    expect(readBlocks('Put it into `<thinking>` and then …')).toBeUndefined();
  });

  it('reads a long text of many beginnings at once', () => {
    const many = '<thinking>\n<tool_use name="x">{\n'.repeat(50_000);
    expect(readBlocks(many)).toHaveLength(1);
    expect(readBlocks(`<tool_use name="x">{\n`.repeat(50_000))).toHaveLength(1);
  });
});

describe('foldable', () => {
  it('folds a wide level into ranges, none of them wider than a level may be', () => {
    const folded = foldable(
      Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`k${i}`, i])),
    );
    expect(Object.keys(folded as object)).toEqual(['0 … 99', '100 … 199', '200 … 249']);
    const widest = (value: unknown): number =>
      typeof value === 'object' && value !== null
        ? Math.max(Object.keys(value).length, ...Object.values(value).map(widest))
        : 0;
    expect(widest(foldable(Array.from({ length: 100_000 }, () => 0)))).toBeLessThanOrEqual(100);
  });

  it('shows a long list as a list, with its length and the places of its elements', () => {
    const text = (value: object): string =>
      renderToStaticMarkup(createElement(JsonView, { data: foldable(value) as object })).replaceAll(
        /<[^>]*>/g,
        '',
      );
    const list = Array.from({ length: 250 }, (_, i) => i);
    const written = text({ lines: list });
    expect(written).toMatch(
      /^\{lines \(250\):\[0 … 99:\[.*\],100 … 199:\[.*\],200 … 249:\[.*\]\]\}$/,
    );
    expect(text({ lines: [1, 2] })).toBe('{lines:[1,2]}');
    const [, second] = foldable(Array.from({ length: 30_000 }, () => 0)) as ListRanges[];
    expect(second?.names).toEqual(['300 … 399', '400 … 499', '500 … 599']);
  });

  it('keeps a key __proto__ a key', () => {
    const folded = foldable(JSON.parse('{"__proto__":{"polluted":true},"b":1}')) as object;
    expect(Object.keys(folded)).toEqual(['__proto__', 'b']);
    expect(Object.getPrototypeOf(folded)).toBe(Object.prototype);
    expect('polluted' in {}).toBe(false);
  });

  it('comes through 10,000 levels and cuts long texts', () => {
    expect(() => foldable(nested(10_000))).not.toThrow();
    expect((foldable('x'.repeat(1_000_000)) as string).length).toBeLessThan(5_000);
  });
});

describe('writeJson', () => {
  it('writes what the platform writes', () => {
    const value = { a: [1, 'two', null, true, {}, []], 'k"ey': { deep: [{ x: 1.5 }] }, '': '' };
    expect(writeJson(value)).toBe(JSON.stringify(value, null, 2));
    expect(writeJson([])).toBe('[]');
    expect(writeJson('x')).toBe('"x"');
  });

  it('writes 10,000 levels, and stops where it is told to', () => {
    expect(JSON.parse(writeJson(nested(10_000)))).toBeDefined();
    expect(
      writeJson(
        Array.from({ length: 10_000 }, () => 'word'),
        1_000,
      ),
    ).toHaveLength(1_001);
  });
});

describe('textBlocks', () => {
  it('loses nothing but the line ends between blocks', () => {
    const lines = Array.from({ length: 900 }, (_, index) => `line ${index}`).join('\n');
    expect(textBlocks(lines, 500).join('\n')).toBe(lines);
    expect(textBlocks('x'.repeat(1_300), 500).map((block) => block.length)).toEqual([
      500, 500, 300,
    ]);
  });

  it('never cuts a character in two', () => {
    for (const block of textBlocks('😀'.repeat(900), 333))
      expect(block).not.toMatch(/\p{Surrogate}/u);
  });
});

describe('visibleName', () => {
  it('shows what hides, and leaves what joins', () => {
    expect(visibleName('a\u202egnp.exe')).toBe('a⟨202E⟩gnp.exe');
    expect(visibleName('pay\u200bpal')).toBe('pay⟨200B⟩pal');
    expect(visibleName('x\u{e0041}')).toBe('x⟨E0041⟩');
    expect(visibleName('👩\u200d🚀 नमस्ते')).toBe('👩\u200d🚀 नमस्ते');
    expect(visibleName('two\n  lines')).toBe('two lines');
    expect(visibleName('x'.repeat(500), 10)).toBe(`${'x'.repeat(10)}…`);
  });
});
