export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Its text under one of the names, the first that has one. Only its own: the names come from agents. */
export function textOf(map: Record<string, unknown>, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = Object.hasOwn(map, name) ? map[name] : undefined;
    if (typeof value === 'string') return value;
  }
  return undefined;
}
