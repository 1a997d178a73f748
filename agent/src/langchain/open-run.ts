import type { SpanType, TraceContext } from '@spantail/protocol';
import type { Span } from '../tracer/span.ts';
import type { LangChainMetadata } from './callback-types.ts';

/** One of LangChain's runs, which are a run's steps, from its start to its end. */
export interface OpenRun {
  readonly id: string;
  /** The handler that opened it. Another one that is told of it as well has nothing to add. */
  readonly owner: object;
  /** Absent: it is not shown. */
  readonly span: Span | undefined;
  spanType: SpanType;
  readonly parent: OpenRun | undefined;
  readonly children: Set<OpenRun>;
  readonly agentName: string | undefined;
  readonly tags: readonly string[];
  readonly metadata: LangChainMetadata;
  /** By which of LangChain's two hooks its tokens come; some models call both. */
  tokens?: 'token' | 'event';
  /** Counts what happens, in a run without a parent: whether something happened meanwhile. */
  activity: number;
}

/** The nearest span at or above a run. */
export function spanAt(run: OpenRun | undefined): Span | undefined {
  let at = run;
  while (at !== undefined && at.span === undefined) at = at.parent;
  return at?.span;
}

export function rootOf(run: OpenRun): OpenRun {
  let at = run;
  while (at.parent !== undefined) at = at.parent;
  return at;
}

/** Runs without a parent held open. Of a stream that nobody reads to its end LangChain tells no end. */
const MOST_ROOTS = 10_000;
/** Steps that ended are kept for children that start later. */
const MOST_ENDED = 1_000;

/** The runs that are open, and where those were that ended last. */
export class OpenRuns {
  readonly #open = new Map<string, OpenRun>();
  /** Those without a parent; the one of which nothing was heard for longest comes first. */
  readonly #roots = new Set<OpenRun>();
  readonly #ended = new Map<string, TraceContext>();

  get(id: string | undefined): OpenRun | undefined {
    return id === undefined ? undefined : this.#open.get(id);
  }

  endedAt(id: string | undefined): TraceContext | undefined {
    return id === undefined ? undefined : this.#ended.get(id);
  }

  add(run: OpenRun): void {
    this.#open.set(run.id, run);
    run.parent?.children.add(run);
    this.touch(run);
  }

  /** Something was heard of it. */
  touch(run: OpenRun): void {
    const root = rootOf(run);
    root.activity++;
    this.#roots.delete(root);
    this.#roots.add(root);
  }

  /** Of too many: the one of which nothing was heard for longest. */
  get abandoned(): OpenRun | undefined {
    if (this.#roots.size <= MOST_ROOTS) return undefined;
    const [root] = this.#roots;
    return root;
  }

  remove(run: OpenRun): void {
    this.#open.delete(run.id);
    this.#roots.delete(run);
    run.parent?.children.delete(run);
    const span = spanAt(run);
    if (span === undefined) return;
    const { traceId, spanId } = span;
    this.#ended.set(run.id, { traceId, spanId, sampled: true });
    if (this.#ended.size <= MOST_ENDED) return;
    const [oldest] = this.#ended.keys();
    if (oldest !== undefined) this.#ended.delete(oldest);
  }
}
