/** Faults of one kind are told this often at most: an outage is one message, not one an event. */
const QUIET_MS = 10_000;

export type FaultKind = 'delivery' | 'queue' | 'event' | 'settings';

/** Tells the program's owner what goes wrong, never the agent's code, and never in a flood. */
export class Reporter {
  readonly #onError: (error: Error) => void;
  readonly #toldAtMs = new Map<FaultKind, number>();

  constructor(onError: ((error: Error) => void) | undefined) {
    this.#onError = onError ?? warn;
  }

  tell(kind: FaultKind, error: Error): void {
    const nowMs = performance.now();
    const toldAtMs = this.#toldAtMs.get(kind);
    if (toldAtMs !== undefined && nowMs - toldAtMs < QUIET_MS) return;
    this.#toldAtMs.set(kind, nowMs);
    try {
      this.#onError(error);
    } catch {
      // A handler that fails must not take the agent down, and there is nobody else to tell.
    }
  }

  /** The next fault of this kind is a new story. */
  settle(kind: FaultKind): void {
    this.#toldAtMs.delete(kind);
  }
}

function warn(error: Error): void {
  process.emitWarning(error.message, { type: 'SpantailWarning' });
}
