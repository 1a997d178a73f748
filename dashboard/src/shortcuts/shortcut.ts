/** One thing that keys do. */
export interface Shortcut {
  /** Each does it: `j`, `E` (a capital for Shift), `ArrowDown`, `Mod+k` (Ctrl, on a Mac Cmd). */
  keys: readonly string[];
  /** What it does, as the help says it. */
  label: string;
  /** Heading in the help. */
  group: string;
  run(stroke: KeyStroke): void;
  /** Also while text is being typed. */
  whileTyping?: true;
}

/** What of a `KeyboardEvent` decides. */
export interface KeyStroke {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/** Of several that would do, the one that was registered last: it is the nearest to the user. */
export function findShortcut(
  lists: Iterable<readonly Shortcut[]>,
  stroke: KeyStroke,
  isTyping: boolean,
): Shortcut | undefined {
  let found: Shortcut | undefined;
  for (const list of lists)
    for (const shortcut of list)
      if (
        (!isTyping || shortcut.whileTyping === true) &&
        shortcut.keys.some((keys) => matches(keys, stroke))
      )
        found = shortcut;
  return found;
}

function matches(keys: string, { key, ctrlKey, metaKey, altKey }: KeyStroke): boolean {
  if (altKey) return false;
  const isMod = ctrlKey || metaKey;
  return isMod ? keys === `Mod+${key.toLowerCase()}` : keys === key;
}

const SHOWN: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  Enter: '⏎',
  ' ': 'Space',
};

/** As the help writes it: `Mod+k` is `Ctrl K`, `E` is `Shift E`. */
export function showKeys(keys: string, isMac: boolean): string[] {
  const parts = keys.length > 1 ? keys.split(/(?<=.)\+(?=.)/) : [keys];
  return parts.flatMap((part) => {
    if (part === 'Mod') return isMac ? '⌘' : 'Ctrl';
    if (/^[A-Z]$/.test(part)) return ['Shift', part];
    return SHOWN[part] ?? (part.length === 1 ? part.toUpperCase() : part);
  });
}
