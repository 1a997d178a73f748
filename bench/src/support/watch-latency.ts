import type { Client } from '@spantail/client';
import { nowNs } from './clock.ts';

/** Watches traces of `paced-agents.ts` with the client library and notes how old each open is. */
export class LatencyWatch {
  /** Milliseconds from `startSpan` in the agent to the event in this process' hands. */
  samplesMs: number[] = [];
  received = 0;
  readonly #leaving = new AbortController();

  constructor(client: Client, traceIds: readonly string[]) {
    for (const traceId of traceIds) void this.#watch(client, traceId);
  }

  async #watch(client: Client, traceId: string): Promise<void> {
    const { signal } = this.#leaving;
    for await (const item of client.events(traceId, { follow: true, signal })) {
      this.received++;
      if (item.type !== 'open' || item.spanType !== 'tool') continue;
      this.samplesMs.push((nowNs() - Number(item.name)) / 1e6);
    }
  }

  /** What was noted since the last call. */
  take(): number[] {
    const samples = this.samplesMs;
    this.samplesMs = [];
    return samples;
  }

  close(): void {
    this.#leaving.abort();
  }
}
