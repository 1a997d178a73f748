import type { RunTree, SpanNode } from '@spantail/client';

/** What of a tree is for looking at. */
type Readable = Omit<RunTree, 'apply' | 'rewind'>;

/**
 * A tree that goes to and fro, under another identity. Views take it that a tree only grows: they keep
 * by it what ended, and let what they make of a large one follow later. After each jump they get
 * another one of these, and show the new moment at once; the spans are the same.
 */
export class MomentTree implements Readable {
  readonly #tree: RunTree;

  constructor(tree: RunTree) {
    this.#tree = tree;
  }

  get traceId(): RunTree['traceId'] {
    return this.#tree.traceId;
  }

  get roots(): readonly SpanNode[] {
    return this.#tree.roots;
  }

  get(spanId: SpanNode['spanId']): SpanNode | undefined {
    return this.#tree.get(spanId);
  }

  get spanCount(): number {
    return this.#tree.spanCount;
  }

  get openCount(): number {
    return this.#tree.openCount;
  }

  get errorCount(): number {
    return this.#tree.errorCount;
  }

  get dropped(): RunTree['dropped'] {
    return this.#tree.dropped;
  }

  get version(): number {
    return this.#tree.version;
  }

  walk(): ReturnType<RunTree['walk']> {
    return this.#tree.walk();
  }
}
