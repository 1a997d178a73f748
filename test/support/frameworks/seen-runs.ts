import type {
  Client,
  RunItem,
  TraceId,
  WatchedRun,
  WatchedSpan,
  WatchedTree,
} from '@spantail/client';
import { connect } from '../client/connect.ts';
import { eventually } from '../eventually.ts';

/** The runs of a gateway as viewers see them, found without knowing their ids. */
export class SeenRuns {
  readonly #client: Client;
  readonly #watched = new Map<TraceId, WatchedRun>();

  /** @param gateway with an indexer, which keeps the feed of runs */
  constructor(gateway: { url: string }) {
    this.#client = connect(gateway);
  }

  /** Resolves when there are `count` runs, and `seen` says that they show what is awaited. */
  async show(
    seen: (trees: WatchedTree[]) => boolean,
    what: string,
    count = 1,
  ): Promise<WatchedTree[]> {
    let last: WatchedTree[] = [];
    try {
      await eventually(async () => {
        for await (const run of this.#client.runs({ live: false }))
          if (!this.#watched.has(run.traceId))
            this.#watched.set(run.traceId, this.#client.watch(run.traceId));
        last = [...this.#watched.values()].map(({ tree }) => tree);
        return last.length === count && seen(last);
      }, what);
    } catch (error) {
      throw new Error(`${what}; seen: ${last.map(outline).join('\n---\n')}`, { cause: error });
    }
    return last;
  }

  /** What the feed of runs says of the only run there is, when it is over and `holds`. */
  async summary(holds: (run: RunItem) => boolean): Promise<RunItem> {
    let found: RunItem | undefined;
    await eventually(async () => {
      for await (const run of this.#client.runs({ live: false })) found = run;
      return found !== undefined && holds(found);
    }, 'the feed says so');
    return found!;
  }

  /** All runs when all their spans have ended. */
  async ended(count = 1): Promise<WatchedTree[]> {
    return this.show((trees) => trees.every(isOver), 'all spans ended', count);
  }
}

function isOver(tree: WatchedTree): boolean {
  return tree.roots.length > 0 && [...tree.walk()].every(({ span }) => span.state === 'closed');
}

/** One line a span: its type, its name, and what is not as usual with it. */
export function outline(tree: WatchedTree): string {
  return [...tree.walk()]
    .map(({ span, depth }) => {
      const state = span.state === 'closed' ? '' : ` (${span.state})`;
      return `${'  '.repeat(depth)}${span.spanType} ${span.name}${span.status === 'error' ? ' !' : ''}${state}`;
    })
    .join('\n');
}

export function named(tree: WatchedTree, name: string, nth = 0): WatchedSpan {
  const found = [...tree.walk()].filter(({ span }) => span.name === name)[nth];
  if (found === undefined) throw new Error(`no span ${name} in:\n${outline(tree)}`);
  return found.span;
}

/** The output as a viewer has it: what was appended, or what the end said. */
export async function outputOf(span: WatchedSpan): Promise<unknown> {
  return span.output === undefined ? span.outputText : span.output.load();
}
