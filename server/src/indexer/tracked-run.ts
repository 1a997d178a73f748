import {
  RunFold,
  START_POSITION,
  calledLost,
  decodeEvent,
  decodeEventArray,
  type EndReason,
  type RunSummary,
  type TraceId,
} from '@spantail/protocol';
import type { LogEntry } from '../log/event-log.ts';

/** What the tracker knows of one trace: enough to say how it goes and when it is over. */
export class TrackedRun {
  readonly traceId: TraceId;
  /** All entries up to here have been folded. */
  position = START_POSITION;
  /** Whether the newest entry marks the end. */
  ended = false;
  /** When the newest entry was written, by the log's clock. */
  lastEntryMs = 0;
  readonly #fold = new RunFold();
  readonly #finished = new Map<string, boolean>();
  #revision = 0;
  #told = '';

  constructor(traceId: TraceId) {
    this.traceId = traceId;
  }

  /** The same run, with nothing known of it; what is told next is newer than what was. */
  startedAnew(): TrackedRun {
    const run = new TrackedRun(this.traceId);
    run.#revision = this.#revision;
    return run;
  }

  take(entry: LogEntry): void {
    this.position = entry.position;
    this.lastEntryMs = Number(entry.position.split('-')[0]);
    this.#revision++;
    this.ended = entry.end !== undefined;
    if (entry.end !== undefined) return;
    // One that was called lost will not say that it has finished.
    this.#finished.set(calledLost(entry.producer) ?? entry.producer, entry.fin);
    for (const encoded of decodeEventArray(entry.events)) {
      try {
        this.#fold.apply(decodeEvent(encoded));
      } catch {
        // An event that nobody can read changes nothing; viewers are told where it stands.
      }
    }
  }

  /**
   * Whether the run is over: no span is open, and every publisher said that it had nothing open,
   * or nothing was written for `quietMs`. Never because the root ended: children outlive it.
   */
  over(nowMs: number, graceMs: number, quietMs: number): EndReason | undefined {
    if (this.ended || this.#fold.open > 0 || this.#finished.size === 0) return undefined;
    const silentMs = nowMs - this.lastEntryMs;
    const finished = [...this.#finished.values()].every(Boolean);
    if (finished && silentMs >= graceMs) return 'finished';
    return silentMs >= quietMs ? 'quiet' : undefined;
  }

  /** Whether only time is missing for {@link over}. */
  get settling(): boolean {
    return !this.ended && this.#fold.open === 0 && this.#finished.size > 0;
  }

  /** The summary, when it says something that the last one did not. */
  news(): RunSummary | undefined {
    const fold = this.#fold;
    if (fold.startUs === undefined) return undefined;
    const status = this.ended ? (fold.rootStatus === 'error' ? 'error' : 'ok') : 'running';
    const summary: RunSummary = {
      traceId: this.traceId,
      name: fold.name,
      ...(fold.service === undefined ? {} : { service: fold.service }),
      status,
      startUs: fold.startUs,
      ...(this.ended && fold.endUs !== undefined ? { endUs: fold.endUs } : {}),
      revision: this.#revision,
    };
    return essence(summary) === this.#told ? undefined : summary;
  }

  /** The summary is in the feed. */
  told(summary: RunSummary): void {
    this.#told = essence(summary);
  }
}

function essence({ name, service, status, startUs }: RunSummary): string {
  return JSON.stringify([name, service, status, startUs]);
}
