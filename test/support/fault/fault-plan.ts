import type { LivePath } from './live-path.ts';

export interface FaultCounts {
  /** SIGKILL of the gateway, and a new one on its port. */
  kills: number;
  cuts: number;
}

/** Which faults come when, by how many events were published: decided before anything runs. */
export class FaultPlan {
  /** By event count, how many faults come then, and which of them are kills. */
  readonly #due = new Map<number, ('kill' | 'cut')[]>();
  readonly #path: LivePath;
  readonly #random: () => number;
  readonly done: Record<string, number> = {};
  #restart: Promise<void> = Promise.resolve();

  constructor(path: LivePath, counts: FaultCounts, eventCount: number, random: () => number) {
    this.#path = path;
    this.#random = random;
    for (let i = 0; i < counts.kills + counts.cuts; i++) {
      const at = 1 + Math.floor(random() * eventCount);
      const faults = this.#due.get(at) ?? [];
      faults.push(i < counts.kills ? 'kill' : 'cut');
      this.#due.set(at, faults);
    }
  }

  get count(): number {
    return Object.values(this.done).reduce((sum, count) => sum + count, 0);
  }

  /** Does what is due after so many events. */
  async after(eventCount: number): Promise<void> {
    for (const fault of this.#due.get(eventCount) ?? [])
      if (fault === 'kill') await this.#kill();
      else await this.#cut();
  }

  /** Resolves when the gateway that was killed last is back. */
  async settled(): Promise<void> {
    await this.#restart;
  }

  async #kill(): Promise<void> {
    const { gateway } = this.#path;
    // One that is starting may not listen yet: it would be no fault to anybody.
    await this.#restart;
    await gateway.kill();
    this.#count('gateway-kill');
    this.#restart = gateway.restart();
    // Told by `settled`.
    this.#restart.catch(() => {});
  }

  /** One of the connections there are; an agent's comes back with its next event only. */
  async #cut(): Promise<void> {
    const { links } = this.#path;
    for (;;) {
      const alive = Object.entries(links).filter(([, proxy]) => proxy.connections > 0);
      const [name, proxy] = alive[Math.floor(this.#random() * alive.length)] ?? [];
      if (name !== undefined && proxy?.cut(this.#random())) return this.#count(name);
      await Promise.race(Object.values(links).map((each) => each.whenConnected()));
    }
  }

  #count(name: string): void {
    this.done[name] = (this.done[name] ?? 0) + 1;
  }
}
