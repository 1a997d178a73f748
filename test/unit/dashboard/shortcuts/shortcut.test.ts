import { describe, expect, it } from 'vitest';
import {
  findShortcut,
  showKeys,
  type KeyStroke,
  type Shortcut,
} from '../../../../dashboard/src/shortcuts/shortcut.ts';

const stroke = (key: string, rest: Partial<KeyStroke> = {}): KeyStroke => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...rest,
});

const shortcut = (label: string, ...keys: string[]): Shortcut => ({
  keys,
  label,
  group: 'Run',
  run: () => {},
});

describe('keys of a page', () => {
  const page = [shortcut('next', 'j', 'ArrowDown'), shortcut('error back', 'E')];

  it('finds by key, capitals apart, and leaves chords of the browser alone', () => {
    const find = (...args: Parameters<typeof stroke>): string | undefined =>
      findShortcut([page], stroke(...args), false)?.label;
    expect(find('j')).toBe('next');
    expect(find('ArrowDown')).toBe('next');
    expect(find('E')).toBe('error back');
    expect(find('e')).toBeUndefined();
    expect(find('j', { ctrlKey: true })).toBeUndefined();
    expect(find('j', { altKey: true })).toBeUndefined();
  });

  it('does nothing while text is typed, unless the shortcut says so', () => {
    const leave: Shortcut = { ...shortcut('leave', 'Escape'), whileTyping: true };
    expect(findShortcut([page], stroke('j'), true)).toBeUndefined();
    expect(findShortcut([page, [leave]], stroke('Escape'), true)?.label).toBe('leave');
  });

  it('prefers what was registered last', () => {
    expect(findShortcut([page, [shortcut('close', 'j')]], stroke('j'), false)?.label).toBe('close');
  });

  it('takes Ctrl and Cmd for the same', () => {
    const list = [shortcut('find', 'Mod+k')];
    expect(findShortcut([list], stroke('k', { ctrlKey: true }), false)?.label).toBe('find');
    expect(findShortcut([list], stroke('K', { metaKey: true }), false)?.label).toBe('find');
    expect(findShortcut([list], stroke('k'), false)).toBeUndefined();
  });

  it('writes keys as keyboards do', () => {
    expect(showKeys('Mod+k', false)).toEqual(['Ctrl', 'K']);
    expect(showKeys('Mod+k', true)).toEqual(['⌘', 'K']);
    expect(showKeys('E', false)).toEqual(['Shift', 'E']);
    expect(showKeys('ArrowLeft', false)).toEqual(['←']);
    expect(showKeys('+', false)).toEqual(['+']);
    expect(showKeys('?', false)).toEqual(['?']);
  });
});
