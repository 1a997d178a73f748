/**
 * For what a framework calls, or what wraps a call of its own: nothing of ours is thrown into the
 * agent. A version of the framework may pass something else than the adapter expects.
 */
export function attempt<T>(step: () => T): T | undefined {
  try {
    return step();
  } catch {
    return undefined;
  }
}
