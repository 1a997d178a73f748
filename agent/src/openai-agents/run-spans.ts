import type { TraceContext } from '@spantail/protocol';
import { attempt } from '../adapter/attempt.ts';
import { nowUs } from '../tracer/clock.ts';
import type { Span } from '../tracer/span.ts';
import type { Tracer } from '../tracer/tracer.ts';
import type { AgentsSpan, AgentsTrace } from './framework-types.ts';
import { toSpanId, toTraceId } from './ids.ts';
import { rootAttributes } from './root-attributes.ts';
import { spanError, spanFacts } from './span-facts.ts';

/** With so many traces known, those that are over are no longer remembered for spans that come late. */
const MOST_KNOWN_TRACES = 256;
/** Traces held open. One that is never told to end is given up for a new one. */
const MOST_TRACES = 10_000;
/** A trace that failed is not told to end; when nothing of it goes on for so long, it has ended. */
const GRACE_MS = 1_000;
interface Run {
  root: Span;
  /** Whether its trace will be told to end; else it was started in another process. */
  isTold: boolean;
  name: string;
  /** Spans of the run that are open, but for its root, by the SDK's ids. */
  open: Map<string, Span>;
  failure?: Error;
  grace?: NodeJS.Timeout;
}

/** The open spans of all runs of the process, found by the SDK's ids. */
export class RunSpans {
  readonly #tracer: Tracer;
  readonly #runs = new Map<string, Run>();
  /** Started in this turn of the event loop; their data is filled in just behind the start. */
  #starting: (() => void)[] = [];

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  startTrace(trace: AgentsTrace): void {
    this.#openStarting();
    const known = this.#runs.get(trace.traceId);
    if (known !== undefined && !known.root.ended) return;
    const root = this.#tracer.startSpan(trace.name, {
      type: 'agent',
      traceId: toTraceId(trace.traceId),
      attributes: rootAttributes(trace),
    });
    const { traceId, name } = trace;
    this.#add(traceId, { root, isTold: true, name, open: known?.open ?? new Map<string, Span>() });
  }

  endTrace(trace: AgentsTrace): void {
    this.#openStarting();
    const run = this.#runs.get(trace.traceId);
    if (run !== undefined) this.#endRoot(run);
  }

  startSpan(span: AgentsSpan): void {
    this.#openStarting();
    const startUs = startOf(span);
    const active = this.#tracer.activeSpan;
    // Just behind the start the SDK writes a tool's arguments and a call's model into the span.
    this.#starting.push(() => this.#open(span, startUs, active));
    if (this.#starting.length === 1) queueMicrotask(() => this.#openStarting());
  }

  /** `span` is what another one of ours, which is open already, stands for. */
  alias(span: AgentsSpan, ours: Span): void {
    this.#runs.get(span.traceId)?.open.set(span.spanId, ours);
  }

  /** `keepOpen`: whoever opened the span of ours will end it. */
  endSpan(span: AgentsSpan, { keepOpen }: { keepOpen: boolean }): void {
    this.#openStarting();
    const run = this.#runs.get(span.traceId);
    const ours = run?.open.get(span.spanId);
    if (run === undefined || ours === undefined) return;
    run.open.delete(span.spanId);
    const { name, attributes, input, output, usage } = spanFacts(span);
    const error = span.error === null ? undefined : spanError(span.error);
    if (span.error?.data !== undefined) attributes['openai.agents.error'] = span.error.data;
    if (error !== undefined) ours.fail(error);
    if (run.isTold && ours === run.root) {
      ours.setAttributes(attributes);
      // Nobody ends the trace of a run that throws.
      if (error !== undefined) this.#endRoot(run);
      return;
    }
    if (input !== undefined) ours.setInput(input);
    ours.setName(name).setAttributes(attributes);
    if (usage !== undefined) ours.setUsage(usage);
    if (output !== undefined) ours.setOutput(output);
    if (!keepOpen) ours.end();
    if (run.isTold && error !== undefined && span.parentId === null) this.#awaitEnd(run, error);
  }

  /** The span of ours that stands for one of the SDK's, or its run's root. */
  find(traceId: string, spanId: string | undefined): Span | undefined {
    this.#openStarting();
    const run = this.#runs.get(traceId);
    if (run === undefined) return undefined;
    return spanId === undefined ? run.root : (run.open.get(spanId) ?? run.root);
  }

  /** The program ends: what is still open will not be told to end any more. */
  endAll(): void {
    this.#openStarting();
    for (const run of this.#runs.values()) this.#breakOff(run);
  }

  #breakOff(run: Run): void {
    for (const span of run.open.values()) span.end({ status: 'unset' });
    run.open.clear();
    this.#endRoot(run);
  }

  #openStarting(): void {
    // Also in a microtask, where nobody but the process would catch what is thrown.
    for (const open of this.#starting.splice(0)) attempt(open);
  }

  #open(span: AgentsSpan, startUs: number, active: Span | undefined): void {
    const run = this.#runs.get(span.traceId);
    clearTimeout(run?.grace);
    const { name, type, attributes, input } = spanFacts(span);
    if (run !== undefined && isRoot(span, run, name)) {
      run.open.set(span.spanId, run.root);
      return;
    }
    const ours = this.#tracer.startSpan(name, {
      type,
      startUs,
      traceId: toTraceId(span.traceId),
      spanId: toSpanId(span.spanId),
      parent: parentOf(span, run) ?? active ?? null,
      attributes,
      ...(input === undefined ? {} : { input }),
    });
    // Of a trace whose start was not told: it goes on from another process.
    const its = run ?? { root: ours, isTold: false, name, open: new Map<string, Span>() };
    its.open.set(span.spanId, ours);
    if (run === undefined) this.#add(span.traceId, its);
  }

  #awaitEnd(run: Run, failure: Error): void {
    run.failure = failure;
    if (run.open.size > 0) return;
    clearTimeout(run.grace);
    run.grace = setTimeout(() => this.#endRoot(run), GRACE_MS);
    run.grace.unref();
  }

  #endRoot(run: Run): void {
    clearTimeout(run.grace);
    run.root.end(run.failure === undefined ? {} : { error: run.failure });
  }

  #add(traceId: string, run: Run): void {
    this.#runs.set(traceId, run);
    for (const [id, { root, open }] of this.#runs) {
      if (this.#runs.size <= MOST_KNOWN_TRACES) return;
      if (root.ended && open.size === 0) this.#runs.delete(id);
    }
    if (this.#runs.size <= MOST_TRACES) return;
    for (const [id, oldest] of this.#runs) {
      this.#breakOff(oldest);
      this.#runs.delete(id);
      return;
    }
  }
}

/** The SDK's own trace of a run has just one task, of the same name. */
function isRoot(span: AgentsSpan, run: Run, name: string): boolean {
  return (
    span.spanData.type === 'task' && span.parentId === null && name === run.name && !run.root.ended
  );
}

function parentOf(span: AgentsSpan, run: Run | undefined): Span | TraceContext | undefined {
  const { parentId } = span;
  if (parentId === null) return run?.root;
  const open = run?.open.get(parentId);
  if (open !== undefined) return open;
  // It has ended, or is in another process.
  const traceId = run?.root.traceId ?? toTraceId(span.traceId);
  return { traceId, spanId: toSpanId(parentId), sampled: true };
}

/**
 * The SDK tells the millisecond. Within it our clock says where, as far as it gets there in time: a
 * processor behind others is called later, and steps must keep their order.
 */
function startOf({ startedAt }: AgentsSpan): number {
  const now = nowUs();
  const toldUs = Date.parse(startedAt ?? '') * 1_000;
  return Number.isNaN(toldUs) ? now : Math.min(Math.max(now, toldUs), toldUs + 999);
}
