/** What the browser keeps of a user's choice; where it keeps nothing, it lasts as long as the page. */
export interface StoredValue {
  read(): string | undefined;
  /** `undefined` forgets it. */
  write(value: string | undefined): void;
}

/** One value under a name of its own. A browser may forbid its store, by throwing at any use of it. */
export function storedValue(name: string): StoredValue {
  const key = `spantail.${name}`;
  return {
    read: () => {
      try {
        return localStorage.getItem(key) ?? undefined;
      } catch {
        return undefined;
      }
    },
    write: (value) => {
      try {
        if (value === undefined) localStorage.removeItem(key);
        else localStorage.setItem(key, value);
      } catch {
        // The choice holds on this page all the same.
      }
    },
  };
}
