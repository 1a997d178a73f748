const KEY = 'activeRun';

/** Notes in the page's entry of the history at which run keys are, for whoever comes back to it. */
export function keepActive(traceId: string | undefined): void {
  const state: unknown = window.history.state;
  const kept = typeof state === 'object' ? state : {};
  window.history.replaceState({ ...kept, [KEY]: traceId }, '');
}

/** What {@link keepActive} noted when this entry was left. */
export function activeWhenLeft(): string | undefined {
  const state: unknown = window.history.state;
  if (typeof state !== 'object' || state === null || !(KEY in state)) return undefined;
  return typeof state[KEY] === 'string' ? state[KEY] : undefined;
}
