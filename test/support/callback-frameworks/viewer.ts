import type { Client, TraceId, WatchedRun, WatchedSpan, WatchedTree } from '@spantail/client';
import { connect } from '../client/connect.ts';
import { eventually, startTestGateway } from '../gateway.ts';

/** A gateway whose runs are watched as they come, without knowing their ids. */
export class Viewer {
  readonly url: string;
  readonly #client: Client;
  readonly #watched = new Map<TraceId, WatchedRun>();

  private constructor(url: string) {
    this.url = url;
    this.#client = connect({ url });
  }

  static async start(): Promise<Viewer> {
    // Its indexer keeps the feed of runs.
    const { url } = await startTestGateway({ tracker: {} });
    return new Viewer(url);
  }

  /** Resolves when there are `count` runs that show what is awaited. */
  async show(shows: (tree: WatchedTree) => boolean, what: string, count = 1) {
    let trees: WatchedTree[] = [];
    try {
      await eventually(async () => {
        for await (const { traceId } of this.#client.runs({ live: false }))
          if (!this.#watched.has(traceId)) this.#watched.set(traceId, this.#client.watch(traceId));
        trees = [...this.#watched.values()].map(({ tree }) => tree);
        return trees.length === count && trees.every(shows);
      }, what);
    } catch (error) {
      throw new Error(`${what}; seen: ${trees.map(outline).join('\n---\n')}`, { cause: error });
    }
    return trees;
  }

  /** The runs, when all their spans have ended. */
  async ended(count = 1): Promise<WatchedTree[]> {
    const isOver = (tree: WatchedTree): boolean =>
      tree.roots.length > 0 && [...tree.walk()].every(({ span }) => span.state === 'closed');
    return this.show(isOver, 'all spans ended', count);
  }

  async endedRun(): Promise<WatchedTree> {
    const [tree] = await this.ended();
    if (tree === undefined) throw new Error('no run');
    return tree;
  }
}

/** One line a span: its type and name, `!` when it failed, and its state unless it is closed. */
export function outline(tree: WatchedTree): string {
  return [...tree.walk()]
    .map(({ span, depth }) => {
      const state = span.state === 'closed' ? '' : ` (${span.state})`;
      const failed = span.status === 'error' ? ' !' : '';
      return `${'  '.repeat(depth)}${span.spanType} ${span.name}${failed}${state}`;
    })
    .join('\n');
}

export function named(tree: WatchedTree, name: string, nth = 0): WatchedSpan {
  const found = [...tree.walk()].filter(({ span }) => span.name === name)[nth];
  if (found === undefined) throw new Error(`no span ${name} in:\n${outline(tree)}`);
  return found.span;
}

export function models(tree: WatchedTree): WatchedSpan[] {
  return [...tree.walk()].map(({ span }) => span).filter(({ spanType }) => spanType === 'model');
}

/** The output as a viewer has it: what was appended, or what the end said. */
export async function outputOf(span: WatchedSpan): Promise<unknown> {
  return span.output === undefined ? span.outputText : span.output.load();
}
