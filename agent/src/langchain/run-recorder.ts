import type { SpanType } from '@spantail/protocol';
import type { EndOptions } from '../tracer/span-options.ts';
import type { Tracer } from '../tracer/tracer.ts';
import type { LangChainMetadata } from './callback-types.ts';
import { OpenRuns, rootOf, spanAt, type OpenRun } from './open-run.ts';
import { gotoOf, isHidden, isNode, callerAttributes } from './run-facts.ts';
import { toSpanId, toTraceId } from './run-ids.ts';
import { readable } from './readable.ts';

export interface RunStart {
  id: string;
  parentId: string | undefined;
  name: string;
  type: SpanType;
  tags: readonly string[];
  metadata: LangChainMetadata;
  input?: unknown;
  attributes?: Record<string, unknown>;
}

/** A graph whose node was aborted, and of which nothing is heard for so long, is not read any more. */
const BROKEN_OFF_MS = 1_000;

/** Makes spans of what LangChain says of its runs. */
export class RunRecorder {
  readonly #tracer: Tracer;
  readonly #runs = new OpenRuns();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** The run, if it is open and was opened by this handler. */
  find(owner: object, id: string): OpenRun | undefined {
    const run = this.#runs.get(id);
    if (run?.owner !== owner) return undefined;
    this.#runs.touch(run);
    return run;
  }

  start(owner: object, start: RunStart): void {
    const { id, parentId, tags, metadata } = start;
    // Another handler was told of it as well.
    if (this.#runs.get(id) !== undefined) return;
    const parent = this.#runs.get(parentId);
    const { type: spanType } = start;
    const given = metadata['lc_agent_name'];
    const agentName =
      typeof given === 'string' ? given : spanType === 'agent' ? start.name : parent?.agentName;
    if (parent !== undefined && isNode(tags)) this.#isGraph(parent);
    const span = isHidden(tags) ? undefined : this.#open(start, parent, agentName);
    const rest = { agentName, tags, metadata, spanType, activity: 0 };
    this.#runs.add({ id, owner, span, parent, children: new Set(), ...rest });
    const { abandoned } = this.#runs;
    if (abandoned !== undefined) this.#breakOff(abandoned);
  }

  #open(start: RunStart, parent: OpenRun | undefined, agentName: string | undefined) {
    const { id, parentId, tags, metadata, input } = start;
    const above = spanAt(parent) ?? this.#runs.endedAt(parentId) ?? this.#tracer.activeSpan;
    return this.#tracer.startSpan(start.name, {
      type: start.type,
      spanId: toSpanId(id),
      ...(above === undefined ? { parent: null, traceId: toTraceId(id) } : { parent: above }),
      attributes: {
        ...callerAttributes(tags, metadata, parent),
        ...(agentName === undefined ? {} : { 'gen_ai.agent.name': agentName }),
        ...(isNode(tags)
          ? {
              'langgraph.node': metadata['langgraph_node'],
              'langgraph.step': metadata['langgraph_step'],
            }
          : {}),
        ...start.attributes,
      },
      ...(input === undefined ? {} : { input }),
    });
  }

  /** What has nodes is a graph, whatever its class is called. */
  #isGraph(run: OpenRun): void {
    if (run.spanType === 'agent') return;
    run.spanType = 'agent';
    run.span?.setType('agent');
  }

  end(run: OpenRun, options: EndOptions): void {
    this.#runs.remove(run);
    // A stream that was not read to its end: nobody tells us.
    for (const child of run.children) if (child.tokens !== undefined) this.#breakOff(child);
    run.span?.end(options);
  }

  fail(run: OpenRun, error: unknown): void {
    if (isBubbleUp(error)) return this.#leave(run, error);
    const isAbort = error instanceof Error && error.name === 'AbortError';
    if (isAbort) for (const child of run.children) this.#breakOff(child);
    this.end(run, { error: error ?? new Error('no error given') });
    if (isAbort && run.parent !== undefined) this.#watch(rootOf(run));
  }

  /** LangGraph throws what is no failure, such as a question to the user. */
  #leave(run: OpenRun, error: BubbleUp): void {
    const { interrupts, command } = error;
    if (Array.isArray(interrupts)) {
      const asked = { 'langgraph.interrupts': readable(interrupts) };
      for (let at: OpenRun | undefined = run; at !== undefined; at = at.parent)
        at.span?.setAttributes(asked);
      run.span?.log('interrupted', { level: 'info' });
      return this.end(run, {});
    }
    if (command === undefined) run.span?.log(error.message, { level: 'info' });
    const to = gotoOf(command);
    if (to !== undefined) run.span?.setAttribute('langgraph.goto', to.names);
    this.end(run, command === undefined ? {} : { output: readable(command) });
  }

  #breakOff(run: OpenRun): void {
    this.#runs.remove(run);
    for (const child of run.children) this.#breakOff(child);
    run.span?.log('broken off: its stream was not read to the end', { level: 'warn' });
    run.span?.end({ status: 'unset' });
  }

  /** LangGraph says nothing of a graph whose stream is not read any more, but that its node was aborted. */
  #watch(root: OpenRun): void {
    const { activity } = root;
    const timer = setTimeout(() => {
      if (root.activity === activity && this.#runs.get(root.id) === root) this.#breakOff(root);
    }, BROKEN_OFF_MS);
    timer.unref();
  }
}

interface BubbleUp {
  message: string;
  interrupts?: unknown;
  command?: unknown;
}

function isBubbleUp(error: unknown): error is BubbleUp {
  return (
    typeof error === 'object' &&
    error !== null &&
    'is_bubble_up' in error &&
    error.is_bubble_up === true
  );
}
