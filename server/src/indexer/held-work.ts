import type { WorkItem } from '../log/event-log.ts';

/** A run that was taken from the work queue and is not done. */
export interface Held {
  item: WorkItem;
  /** When to look at it, by this process' clock. */
  dueMs: number;
  /** Since when something of it has waited to be looked at; absent: only time is missing. */
  newsSinceMs?: number;
}

/** What the indexer has in hand: not acknowledged, so that another takes over should it die. */
export class HeldWork {
  readonly #held = new Map<string, Held>();

  /** Another item for the same run takes the old one's place; the old one is to be acknowledged. */
  add(item: WorkItem, nowMs: number, dueMs: number): WorkItem | undefined {
    const key = runKey(item);
    const before = this.#held.get(key);
    const newsSinceMs = before?.newsSinceMs ?? nowMs;
    this.#held.set(key, { item, dueMs, newsSinceMs });
    return before !== undefined && before.item.id !== item.id ? before.item : undefined;
  }

  /** Nothing is new; to be looked at again then. */
  settle(item: WorkItem, dueMs: number): void {
    this.#held.set(runKey(item), { item, dueMs });
  }

  /** More of it waits. */
  again(item: WorkItem, nowMs: number): void {
    const newsSinceMs = this.#held.get(runKey(item))?.newsSinceMs ?? nowMs;
    this.#held.set(runKey(item), { item, dueMs: nowMs, newsSinceMs });
  }

  remove(item: WorkItem): void {
    this.#held.delete(runKey(item));
  }

  due(nowMs: number): WorkItem[] {
    return [...this.#held.values()].filter(({ dueMs }) => dueMs <= nowMs).map(({ item }) => item);
  }

  /** Those that something waits of. */
  withNews(): Held[] {
    return [...this.#held.values()].filter(({ newsSinceMs }) => newsSinceMs !== undefined);
  }

  /** Until the next one is due; at most `mostMs`. */
  waitMs(nowMs: number, mostMs: number): number {
    let wait = mostMs;
    for (const { dueMs } of this.#held.values()) wait = Math.min(wait, dueMs - nowMs);
    return Math.max(0, Math.ceil(wait));
  }
}

export function runKey({ project, streamId }: { project: string; streamId: string }): string {
  return `${project}/${streamId}`;
}
