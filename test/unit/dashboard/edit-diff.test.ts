import { describe, expect, it } from 'vitest';
import { editDiff, editIn } from '../../../dashboard/src/payload/edit-diff.ts';

describe('editDiff', () => {
  it('shows what changed, with a few lines around it', () => {
    expect(editDiff('1\n2\n3\n4\nold\n5', '1\n2\n3\n4\nnew\nmore\n5')).toBe(
      '  2\n  3\n  4\n- old\n+ new\n+ more\n  5',
    );
    expect(editDiff('', 'a')).toBe('+ a');
    expect(editDiff('a\na', 'a')).toBe('  a\n- a');
    expect(editDiff('a', 'a')).toBe('  a');
  });

  it('finds an edit among arguments', () => {
    expect(
      editIn([
        ['path', 'x'],
        ['old_str', 'a'],
        ['new_str', 'b'],
      ]),
    ).toEqual({
      keys: ['old_str', 'new_str'],
      diff: '- a\n+ b',
    });
    expect(
      editIn([
        ['old_string', 'a'],
        ['new_string', 1],
      ]),
    ).toBeUndefined();
    expect(editIn([['old_string', 'a']])).toBeUndefined();
  });
});
