import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, RunItem, WatchedRun, WatchedSpan, WatchedTree } from '@spantail/client';
import { isTraceId } from '@spantail/protocol';
import { openLog, type EventLog } from 'spantail';
import { onTestFinished } from 'vitest';
import { connect } from '../client/connect.ts';
import { eventually, startTestGateway } from '../gateway.ts';
import { outline, spansOf } from './seen-tree.ts';

/** A gateway whose runs are watched from their first batch on, without knowing their ids. */
export class Viewer {
  readonly url: string;
  readonly #client: Client;
  readonly #traceIds: Set<string>;
  readonly #runs = new Map<string, WatchedRun>();

  private constructor(url: string, traceIds: Set<string>) {
    this.url = url;
    this.#client = connect({ url });
    this.#traceIds = traceIds;
  }

  static async start(): Promise<Viewer> {
    const directory = mkdtempSync(join(tmpdir(), 'spantail-test-'));
    const inner = await openLog(undefined, directory, 600_000);
    onTestFinished(async () => {
      await inner.close();
      rmSync(directory, { recursive: true, force: true });
    });
    const traceIds = new Set<string>();
    const log = noting(inner, traceIds);
    // Its indexer keeps the feed of runs.
    const { url } = await startTestGateway({ log, tracker: {} });
    return new Viewer(url, traceIds);
  }

  /** All runs, in the order in which they began. */
  get trees(): WatchedTree[] {
    for (const traceId of this.#traceIds)
      if (!this.#runs.has(traceId)) this.#runs.set(traceId, this.#client.watch(traceId));
    return [...this.#runs.values()].map(({ tree }) => tree);
  }

  get spans(): WatchedSpan[] {
    return this.trees.flatMap(spansOf);
  }

  find(name: string): WatchedSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  /** Resolves when there are `count` runs that show what is awaited. */
  async show(
    shows: (tree: WatchedTree) => boolean,
    what: string,
    count = 1,
  ): Promise<WatchedTree[]> {
    try {
      await eventually(() => this.trees.length === count && this.trees.every(shows), what);
    } catch (error) {
      const seen = this.trees.map(outline).join('\n---\n');
      throw new Error(`${what}; seen: ${seen}`, { cause: error });
    }
    return this.trees;
  }

  /** Resolves with the only span of this name, when it is there and as it is to be. */
  async span(name: string, is: (span: WatchedSpan) => boolean = () => true): Promise<WatchedSpan> {
    await eventually(() => this.find(name).some(is), `there is a span ${name}`);
    const [span, ...more] = this.find(name);
    if (span === undefined || more.length > 0) throw new Error(`${more.length + 1} spans ${name}`);
    return span;
  }

  /** The runs, when all their spans have ended. */
  async ended(count = 1): Promise<WatchedTree[]> {
    const isOver = (tree: WatchedTree): boolean =>
      tree.roots.length > 0 && spansOf(tree).every(({ state }) => state === 'closed');
    return this.show(isOver, 'all spans ended', count);
  }

  /** The only run, when all its spans have ended. */
  async endedRun(): Promise<WatchedTree> {
    const [tree] = await this.ended();
    if (tree === undefined) throw new Error('no run');
    return tree;
  }

  /** What the feed of runs says of the only run there is, when it `holds`. */
  async summary(holds: (run: RunItem) => boolean): Promise<RunItem> {
    let found: RunItem | undefined;
    await eventually(async () => {
      for await (const run of this.#client.runs({ live: false })) found = run;
      return found !== undefined && holds(found);
    }, 'the feed says so');
    if (found === undefined) throw new Error('no run in the feed');
    return found;
  }
}

/** The log; of which traces something was appended is in `traceIds`. */
function noting(inner: EventLog, traceIds: Set<string>): EventLog {
  const append: EventLog['append'] = (request, options) => {
    if (isTraceId(request.streamId)) traceIds.add(request.streamId);
    return inner.append(request, options);
  };
  return new Proxy(inner, {
    get: (target, name) => {
      if (name === 'append') return append;
      const member = Reflect.get(target, name) as unknown;
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}
