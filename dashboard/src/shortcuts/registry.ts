import { isTextBox, keepsItsKey } from './own-keys.ts';
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
    // A dialog has the page to itself, and its own keys.
    if (document.querySelector('dialog[open]') !== null) return;
    const { target, key } = event;
    const shortcut = findShortcut(this.#lists.values(), event, isTextBox(target));
    if (shortcut === undefined || keepsItsKey(target, key)) return;
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
