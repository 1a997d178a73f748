type Callback = (...values: unknown[]) => unknown;

/**
 * Puts `wrap` around whatever callback is, or will be, set as this property. A transport may keep it
 * in a property of its own or hand it on through a setter of its class.
 */
export function interceptCallback(
  target: object,
  key: string,
  wrap: (callback: Callback) => Callback,
): void {
  const given = Reflect.get(target, key) as unknown;
  const inherited = accessorOf(target, key);
  let own: unknown;
  Object.defineProperty(target, key, {
    configurable: true,
    enumerable: true,
    get: () => (inherited.get === undefined ? own : (inherited.get.call(target) as unknown)),
    set: (callback: unknown) => {
      const wrapped = typeof callback === 'function' ? wrap(callback as Callback) : callback;
      if (inherited.set === undefined) own = wrapped;
      else inherited.set.call(target, wrapped);
    },
  });
  if (given !== undefined) Reflect.set(target, key, given);
}

function accessorOf(target: object, key: string): PropertyDescriptor {
  for (
    let at: object | null = target;
    at !== null;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    const descriptor = Object.getOwnPropertyDescriptor(at, key);
    if (descriptor !== undefined) return descriptor;
  }
  return {};
}
