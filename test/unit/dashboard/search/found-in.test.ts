import type { Payload } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { placesIn } from '../../../../dashboard/src/payload/places-in.ts';
import { foundIn } from '../../../../dashboard/src/search/found-in.ts';
import { inOrder } from '../../../../dashboard/src/search/in-order.ts';
import { saidOf } from '../../../../dashboard/src/tree/found-snippet.ts';
import { textPayload } from '../../../support/generate-run.ts';
import { spanOf, treeOf } from '../tree/make-tree.ts';

const elsewhere = (text: string): Payload => ({
  ...textPayload(text),
  preview: text.slice(0, 200),
  parts: [new Uint8Array(16)],
});

describe('where a search matched', () => {
  const tree = treeOf([
    {
      id: 'call',
      from: 1,
      to: 2,
      type: 'tool',
      more: {
        name: 'read_file',
        input: textPayload('the first line\\nand then in /etc/Hosts what was looked for'),
        attributes: { 'tool.deep': { list: ['hello'] }, plain: 'world' },
      },
    },
    { id: 'failed', from: 1, to: 2, failed: true, more: { input: elsewhere('x'.repeat(300)) } },
  ]);
  const span = spanOf(tree, 'call');

  it('is told with what is around it', () => {
    expect(foundIn(span, 'hosts')).toEqual({
      where: 'input',
      excerpt: '…in /etc/Hosts what was looked for',
    });
    expect(foundIn(span, 'READ_')).toEqual({ where: 'name', excerpt: 'read_file' });
    expect(foundIn(span, 'tool.deep')?.where).toBe('attribute');
    expect(foundIn(span, 'hello')?.excerpt).toContain('hello');
    expect(foundIn(span, 'WORLD')).toEqual({ where: 'attribute', excerpt: 'plain: world' });
    expect(foundIn(spanOf(tree, 'failed'), 'failed')).toMatchObject({ where: 'error' });
  });

  it('is told to be deeper than the page has it, where it is', () => {
    expect(foundIn(span, 'nowhere')).toEqual({ where: 'content', excerpt: '' });
    expect(foundIn(span, ' ')).toBeUndefined();
  });

  it('is what a row says, unless the row says it anyway', () => {
    expect(saidOf(span, 'read_file', 'read').foundWhere).toBe('');
    expect(saidOf(span, 'read_file', 'first').snippet).toMatch(/^the first line/);
    // Too far in the usual text to be seen.
    expect(saidOf(span, 'read_file', 'looked for').snippet).toBe('…what was looked for');
    expect(saidOf(span, 'read_file', 'world')).toEqual({
      snippet: 'plain: world',
      isTail: false,
      foundWhere: 'attribute',
    });
    expect(saidOf(span, 'read_file', 'nowhere').foundWhere).toBe('in its content');
    expect(saidOf(span, 'read_file', '').snippet).toMatch(/^the first line/);
  });

  it('is in the order of the rows, whoever found it', () => {
    const spans = ['call', 'failed'].map((id) => spanOf(tree, id));
    const [first, second] = spans;
    if (first === undefined || second === undefined) throw new Error('no spans');
    expect([...inOrder(spans, new Set([second]), [first])]).toEqual([first, second]);
    expect([...inOrder([], new Set([second]), [first])]).toEqual([second, first]);
  });
});

describe('search in one payload', () => {
  it('tells every place with its line', () => {
    const text = ['one needle', 'none', 'a Needle and a needle'].join('\n');
    const { places, count } = placesIn(text, 'needle');
    expect(count).toBe(3);
    expect(places.map(({ line }) => line)).toEqual([1, 3, 3]);
    expect(places[0]?.excerpt).toMatch(/^one needle/);
  });

  it('counts all of more places than it tells, and finds nothing for blanks', () => {
    const { places, count } = placesIn('ab'.repeat(20_000), 'ab');
    expect([places.length, count]).toEqual([500, 20_000]);
    expect(placesIn('abc', '  ')).toEqual({ places: [], count: 0 });
  });
});
