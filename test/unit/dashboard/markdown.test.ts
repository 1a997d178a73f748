import { describe, expect, it } from 'vitest';
import { endsInFence, markdownBlocks } from '../../../dashboard/src/markdown/blocks.ts';
import { affordable, isHighlightable } from '../../../dashboard/src/markdown/cost.ts';
import { languageOfField } from '../../../dashboard/src/markdown/languages.ts';
import { safeImage, safeLink } from '../../../dashboard/src/markdown/safe-url.ts';
import { settle } from '../../../dashboard/src/markdown/settle.ts';

describe('safeLink', () => {
  it.each(['https://a.b/c', 'http://a.b', 'mailto:a@b.c', ' HTTPS://a.b '])('allows %j', (url) =>
    expect(safeLink(url)).toBeDefined(),
  );
  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    '\u0001javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://a.b/1',
    '/runs/1',
    '//a.b',
    '#x',
    '',
    undefined,
    `https://a.b/${'x'.repeat(5_000)}`,
  ])('refuses %j', (url) => expect(safeLink(url)).toBeUndefined());
});

describe('safeImage', () => {
  it('allows pictures in the address alone, and no SVG', () => {
    expect(safeImage('data:image/png;base64,iVBORw0KGgo=')).toBeDefined();
    for (const url of [
      'https://a.b/x.png',
      'data:image/svg+xml;base64,PHN2Zz4=',
      'data:image/svg+xml,<svg onload=alert(1)>',
      'data:text/html;base64,AAAA',
      'data:image/png;base64,AA" onerror="alert(1)',
    ])
      expect(safeImage(url)).toBeUndefined();
  });
});

describe('markdownBlocks', () => {
  it('cuts at blank lines, but in no fence and no list, and loses nothing', () => {
    const text = 'One\n\n- a\n\n- b\n\n  more\n\n```js\nx\n\ny\n```\n\nLast';
    expect(markdownBlocks(text)).toEqual([
      'One\n\n- a\n\n- b\n\n  more\n\n',
      '```js\nx\n\ny\n```\n\n',
      'Last',
    ]);
    expect(markdownBlocks(text).join('')).toBe(text);
  });

  it('only its last block changes while a text grows', () => {
    const text =
      'First *one*.\n\n## Head\n\n```sh\nls\n\npwd\n```\n\nA | B\n\nEnd **bold** `code`\n\n1. x\n2. y\n';
    let before: string[] = [];
    for (let end = 1; end <= text.length; end++) {
      const blocks = markdownBlocks(text.slice(0, end));
      const settled = before.slice(0, -1);
      expect(blocks.slice(0, settled.length)).toEqual(settled);
      before = blocks;
    }
  });
});

describe('settle', () => {
  it.each([
    ['a **bo', 'a **bo**'],
    ['a **', 'a '],
    ['a *', 'a '],
    ['use `npm', 'use `npm`'],
    ['use `', 'use '],
    ['**done** and', '**done** and'],
    ['see [the issue](https://exa', 'see the issue'],
    ['see [the iss', 'see the iss'],
    ['![pic](https://a', ''],
    ['Text\n-', 'Text'],
    ['Text\n==', 'Text'],
    ['Text\n1.', 'Text'],
    ['Text\n- item', 'Text\n- item'],
    ['```js\nlet a = `x', '```js\nlet a = `x'],
    ['```js\nlet a\n``', '```js\nlet a'],
    ['~~gone', '~~gone~~'],
    ['see [', 'see '],
    ['see [the issue]', 'see the issue'],
    ['- [x]', '- [x]'],
  ])('%j is shown as %j', (block, shown) => expect(settle(block)).toBe(shown));

  it('changes nothing of what is whole', () => {
    const whole = 'A **b** `c` [d](https://e.f) ~~g~~.';
    expect(settle(whole)).toBe(whole);
    expect(endsInFence('```\nx\n```')).toBe(false);
  });
});

describe('affordable', () => {
  it('reads what people write, and not what is nothing but marks', () => {
    const written = '- **Note**: see `code` and [a link](https://a.b).\n'.repeat(150);
    expect(affordable([written, 'words\n\n'])).toEqual([true, true]);
    for (const mark of ['*a_', '[a]', '<!--', '~~a', '- a\n'])
      expect(affordable([mark.repeat(5_000), 'words'])).toEqual([false, true]);
  });

  it('counts all blocks together', () => {
    const read = affordable(Array.from({ length: 100 }, () => '*a_'.repeat(500)));
    expect(read[0]).toBe(true);
    expect(read[99]).toBe(false);
  });
});

describe('isHighlightable', () => {
  it('refuses words, lines and texts without end', () => {
    expect(isHighlightable('const a = 1;\n'.repeat(500))).toBe(true);
    for (const code of [
      'x'.repeat(300),
      'a b '.repeat(400),
      '\n'.repeat(500),
      'a\n'.repeat(10_000),
    ])
      expect(isHighlightable(code)).toBe(false);
  });
});

describe('languageOfField', () => {
  it('goes by the argument and the file beside it', () => {
    expect(languageOfField('command', [['command', 'ls']])).toBe('bash');
    expect(
      languageOfField('content', [
        ['file_path', 'a/b.rs'],
        ['content', 'x'],
      ]),
    ).toBe('rust');
    expect(languageOfField('query', [['query', 'SELECT 1']])).toBe('sql');
    expect(languageOfField('query', [['query', 'weather in Oslo']])).toBeUndefined();
    expect(languageOfField('note', [['note', 'x']])).toBeUndefined();
  });
});
