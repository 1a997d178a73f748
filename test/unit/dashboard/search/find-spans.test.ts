import type { RunTree } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { SpanScan, spanMatcher } from '../../../../dashboard/src/search/find-spans.ts';
import { SearchTexts } from '../../../../dashboard/src/search/search-text.ts';
import { TextWarmer } from '../../../../dashboard/src/search/text-warmer.ts';
import { textPayload } from '../../../support/generate-run.ts';
import { eventsOf, spanOf, treeOf } from '../tree/make-tree.ts';

const texts = new SearchTexts();

function finds(tree: RunTree, id: string, text: string): boolean {
  return spanMatcher(text, texts)?.(spanOf(tree, id)) ?? false;
}

describe('search in a run', () => {
  const tree = treeOf([
    {
      id: 'call',
      from: 1,
      to: 2,
      type: 'tool',
      failed: true,
      more: {
        name: 'read_file',
        input: textPayload('path is /etc/(hosts)'),
        attributes: { 'tool.deep': { list: ['Grüße', 42] } },
      },
    },
  ]);

  it('finds by name, type, input, error, attribute keys and values, whatever the capitals', () => {
    for (const text of [
      'READ_file',
      'tool',
      '/etc/(hosts)',
      'call failed',
      'tool.deep',
      'grüße',
      '42',
    ])
      expect([text, finds(tree, 'call', text)]).toEqual([text, true]);
    expect(finds(tree, 'call', 'read.file')).toBe(false);
  });

  it('finds in output as it grows, and in what a span closed with', () => {
    const growing = treeOf([{ id: 'model', from: 1 }]);
    expect(finds(growing, 'model', 'needle')).toBe(false);
    growing.apply({ type: 'update', spanId: 'model', seq: 0, outputDelta: 'a nee' });
    growing.apply({ type: 'update', spanId: 'model', seq: 1, outputDelta: 'dle' });
    expect(finds(growing, 'model', 'needle')).toBe(true);
    growing.apply({
      type: 'close',
      spanId: 'model',
      endUs: 2,
      status: 'ok',
      output: textPayload('the end'),
    });
    expect(finds(growing, 'model', 'the end')).toBe(true);
  });

  it('has nothing to find for blanks', () => {
    expect(spanMatcher('  ', texts)).toBeUndefined();
  });

  it('goes through in slices, and looks at what there was when it began', () => {
    const spans = Array.from({ length: 300 }, () => spanOf(tree, 'call'));
    let nowMs = 0;
    let looked = 0;
    const scan = new SpanScan(spans, () => ++looked > 0);
    spans.length = 0;
    expect(scan.step(1, () => nowMs++)).toBe(false);
    expect(looked).toBe(64);
    while (!scan.step(1, () => nowMs++));
    expect(looked).toBe(300);
    expect(scan.found.size).toBe(1);
  });

  it('has the texts made ahead, of what was open when it has ended', () => {
    const growing = treeOf([
      { id: 'root', from: 1 },
      { id: 'done', below: 'root', from: 1, to: 2 },
      { id: 'model', below: 'root', from: 2 },
    ]);
    const made: string[] = [];
    const warmer = new TextWarmer({
      of: ({ spanId }) => {
        made.push(spanId);
        return spanId;
      },
    });
    const spans = ['root', 'done', 'model'].map((id) => spanOf(growing, id));
    expect(warmer.step(spans, 1, () => 0)).toBe(true);
    expect(made).toEqual(['done']);
    for (const event of eventsOf([{ id: 'model', below: 'root', from: 2, to: 3 }]))
      growing.apply(event);
    spans.push(...['next'].map((id) => spanOf(treeOf([{ id, from: 3, to: 4 }]), id)));
    warmer.renew();
    expect(warmer.step(spans, 1, () => 0)).toBe(true);
    expect(made).toEqual(['done', 'model', 'next']);
    warmer.renew();
    expect(warmer.step(spans, 1, () => 0)).toBe(true);
    expect(made).toHaveLength(3);
  });

  it('finds attributes and contents behind a long error and long attributes', () => {
    const long = 'x'.repeat(5_000);
    const crowded = treeOf([
      {
        id: 'call',
        from: 1,
        to: 2,
        more: { input: textPayload('the needle'), attributes: { long, 'last.one': 'kept' } },
      },
    ]);
    for (const text of ['the needle', 'last.one', 'kept'])
      expect([text, finds(crowded, 'call', text)]).toEqual([text, true]);
  });
});
