/** Nothing of ours is thrown into the agent. */
export function attempt<T>(step: () => T): T | undefined {
  try {
    return step();
  } catch {
    // A version of the SDK that passes something else than ours expects: the agent goes on.
    return undefined;
  }
}
