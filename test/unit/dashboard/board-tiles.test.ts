import { describe, expect, it } from 'vitest';
import { lastWords } from '../../../dashboard/src/board/last-words.ts';
import { layOutStrip } from '../../../dashboard/src/board/strip-layout.ts';
import { orderTiles } from '../../../dashboard/src/board/tile-order.ts';
import { formatAgo, formatElapsed } from '../../../dashboard/src/format/relative-time.ts';

describe('the tiles of a board', () => {
  it('begin with what somebody should look at', () => {
    const known = new Map([
      ['done', { status: 'ok' as const, startUs: 9, isSilent: false }],
      ['old', { status: 'running' as const, startUs: 1, isSilent: false }],
      ['new', { status: 'running' as const, startUs: 2, isSilent: false }],
      ['silent', { status: 'running' as const, startUs: 0, isSilent: true }],
      ['failed', { status: 'error' as const, startUs: 3, isSilent: false }],
      ['lost', { status: 'lost' as const, startUs: 8, isSilent: false }],
    ]);
    expect(
      orderTiles(['unknown', 'done', 'lost', 'failed', 'old', 'new', 'silent'], known),
    ).toEqual(['silent', 'new', 'old', 'failed', 'lost', 'done', 'unknown']);
  });
});

describe('the small waterfall', () => {
  const size = { width: 100, height: 40 };
  const span = (startUs: number, endUs: number | undefined) =>
    ({ startUs, endUs, spanType: 'tool', state: 'closed' }) as const;

  it('goes from the first start to the last end, or to now', () => {
    const bars = layOutStrip([span(0, 100), span(50, undefined)], size, 200);
    expect(bars.map(({ x, width }) => [x, width])).toEqual([
      [0, 50],
      [25, 75],
    ]);
  });

  it('stays inside, however many spans there are, and whatever the clocks say', () => {
    const spans = Array.from({ length: 5_000 }, (_, i) => span(1_000 - i, i % 3 ? i : undefined));
    for (const { x, y, width, height } of layOutStrip(spans, size, 10)) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(size.width + 1e-9);
      expect(y + height).toBeLessThanOrEqual(size.height + 1);
    }
    expect(layOutStrip([], size, 0)).toEqual([]);
  });
});

describe('what a model said last', () => {
  it('is the end of its stream', () => {
    const text = lastWords({ outputText: `${'a'.repeat(1_000)} the end`, output: undefined });
    expect(text.startsWith('…')).toBe(true);
    expect(text.endsWith(' the end')).toBe(true);
  });

  it('is found in JSON that is cut off anywhere', () => {
    const json = JSON.stringify([{ role: 'assistant', content: 'say "hi"\nand go' }]);
    const said = (preview: string): string =>
      lastWords({
        outputText: '',
        output: { mediaType: 'application/json', bytes: preview.length, preview, parts: [preview] },
      });
    expect(said(json)).toBe('say "hi" and go');
    for (let end = 0; end <= json.length; end++)
      expect(() => said(json.slice(0, end))).not.toThrow();
    expect(said('{"answer":42}')).toBe('{"answer":42}');
  });
});

describe('times that tick', () => {
  it('are read in whole units', () => {
    const us = 1_000_000;
    expect(formatAgo(10 * us, 5 * us)).toBe('now');
    expect([12, 200, 7_300, 400_000].map((s) => formatAgo(0, s * us))).toEqual([
      '12 s ago',
      '3 m ago',
      '2 h ago',
      '4 d ago',
    ]);
    expect([-5, 7.9, 125, 4_320, 273_600].map((s) => formatElapsed(s * us))).toEqual([
      '0 s',
      '7 s',
      '2 m 05 s',
      '1 h 12 m',
      '3 d 4 h',
    ]);
  });
});
