import type { Payload } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { indentPx, snippetOf } from '../../../../dashboard/src/tree/row-texts.ts';
import { spanOf, treeOf, type Line } from './make-tree.ts';

function snippet(line: Omit<Line, 'id' | 'from'>, delta?: string): string {
  const tree = treeOf([{ id: 'one', from: 1, ...line }]);
  if (delta !== undefined)
    tree.apply({ type: 'update', spanId: 'one', seq: 0, outputDelta: delta });
  return snippetOf(spanOf(tree, 'one'));
}

const json = (preview: string): Payload => ({
  mediaType: 'application/json',
  bytes: preview.length,
  preview,
  parts: [preview],
});

describe('what a row says of its span', () => {
  it('is the end of what grows', () => {
    expect(snippet({ type: 'model' }, 'Hello\n  there')).toBe('Hello there');
    const long = snippet({ type: 'model' }, `${'x'.repeat(500)} the end`);
    expect(long.startsWith('…x')).toBe(true);
    expect(long.endsWith('the end')).toBe(true);
  });

  it('is the first argument of a tool', () => {
    const input = json(String.raw`{"command":"ls \"a b\"\n| head","timeout":5}`);
    expect(snippet({ type: 'tool', to: 2, more: { input } })).toBe('ls "a b" | head');
    expect(snippet({ type: 'tool', to: 2, more: { input: json('{"n":5}') } })).toBe('{"n":5}');
  });

  it('is the error of what failed', () => {
    expect(snippet({ type: 'tool', to: 2, failed: true })).toBe('one failed');
  });
});

describe('indentation', () => {
  it('leaves room for names however deep', () => {
    expect(indentPx(0)).toBe(0);
    expect(indentPx(3)).toBe(42);
    expect(indentPx(10_000)).toBe(200);
  });
});
