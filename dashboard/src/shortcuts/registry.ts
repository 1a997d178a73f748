import { findShortcut, type Shortcut } from './shortcut.ts';

/** What keys do now: each component that is shown has its list here, the newest last. */
export class ShortcutRegistry {
  readonly #lists = new Map<symbol, readonly Shortcut[]>();
  readonly #listeners = new Set<() => void>();
  #all: readonly Shortcut[] = [];

  put(owner: symbol, list: readonly Shortcut[]): void {
    this.#lists.set(owner, list);
    this.#tell();
  }

  remove(owner: symbol): void {
    if (this.#lists.delete(owner)) this.#tell();
  }

  /** Another list only when what is in it changed. */
  readonly all = (): readonly Shortcut[] => this.#all;

  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    const shortcut = findShortcut(this.#lists.values(), event, isTyping(event.target));
    if (shortcut === undefined || keepsItsKey(event)) return;
    event.preventDefault();
    shortcut.run(event);
  };

  #tell(): void {
    this.#all = [...this.#lists.values()].flat();
    for (const listener of this.#listeners) listener();
  }
}

/** Of the whole page. */
export const registry = new ShortcutRegistry();

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** A focused button or link is pressed by Enter and Space, a tab list moved in by arrows. */
function keepsItsKey({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (key === 'Enter' || key === ' ') return target.closest('button,a,summary') !== null;
  return key.startsWith('Arrow') && target.closest('[role=tablist],[role=slider]') !== null;
}
