import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, WatchedRun, WatchedSpan } from '@spantail/client';
import { openLog, type EventLog } from 'spantail';
import { onTestFinished } from 'vitest';
import { connect } from '../client/connect.ts';
import { eventually, startTestGateway } from '../gateway.ts';

/** A gateway whose runs are watched from their first batch on, also where nobody says their ids. */
export class LiveRuns {
  readonly url: string;
  readonly #client: Client;
  readonly #seen: Set<string>;
  readonly #runs = new Map<string, WatchedRun>();

  private constructor(url: string, client: Client, seen: Set<string>) {
    this.url = url;
    this.#client = client;
    this.#seen = seen;
  }

  static async start(): Promise<LiveRuns> {
    const directory = mkdtempSync(join(tmpdir(), 'spantail-test-'));
    const inner = await openLog(undefined, directory, 600_000);
    onTestFinished(async () => {
      await inner.close();
      rmSync(directory, { recursive: true, force: true });
    });
    const seen = new Set<string>();
    const append: EventLog['append'] = (request, options) => {
      seen.add(request.streamId);
      return inner.append(request, options);
    };
    const log = new Proxy(inner, {
      get: (target, name) => {
        if (name === 'append') return append;
        const member = Reflect.get(target, name) as unknown;
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
    const gateway = await startTestGateway({ log });
    return new LiveRuns(gateway.url, connect(gateway), seen);
  }

  /** All of them, in the order in which they began. */
  get runs(): WatchedRun[] {
    for (const traceId of this.#seen)
      if (!this.#runs.has(traceId)) this.#runs.set(traceId, this.#client.watch(traceId));
    return [...this.#runs.values()];
  }

  get spans(): WatchedSpan[] {
    return this.runs.flatMap(({ tree }) => [...tree.walk()].map(({ span }) => span));
  }

  find(name: string): WatchedSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  /** Resolves with the only span of this name, when it is there and as it is to be. */
  async span(name: string, is: (span: WatchedSpan) => boolean = () => true): Promise<WatchedSpan> {
    await eventually(() => this.find(name).some(is), `there is a span ${name}`);
    const [span, ...more] = this.find(name);
    if (span === undefined || more.length > 0) throw new Error(`${more.length + 1} spans ${name}`);
    return span;
  }

  /** Resolves when so many runs are there and no span of them is open. */
  async ended(count = 1): Promise<void> {
    await eventually(
      () =>
        this.runs.length === count &&
        this.runs.every(({ tree }) => tree.spanCount > 0) &&
        this.spans.every(({ state }) => state === 'closed'),
      `${count} runs have ended`,
    );
  }
}
