type OptionalKeys<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/** `T` with the properties that may be `undefined` made optional. */
export type Present<T> = Omit<T, OptionalKeys<T>> & {
  [K in OptionalKeys<T>]?: Exclude<T[K], undefined>;
};

/** The same fields without those that are `undefined`: the same object, where there is none. */
export function present<T extends object>(fields: T): Present<T> {
  let whole = true;
  for (const key in fields) if (fields[key] === undefined) whole = false;
  if (whole) return fields;
  const kept: Partial<T> = {};
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined) kept[key] = value;
  }
  return kept as Present<T>;
}
