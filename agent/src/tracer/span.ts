import type {
  CloseEvent,
  OpenEvent,
  Payload,
  SpanId,
  SpanLog,
  SpanType,
  TraceContext,
  TraceEvent,
  TraceId,
  Usage,
} from '@spantail/protocol';
import { cleanAttributes, cleanLinks, cleanUsage, textOf, toSpanError } from './clean.ts';
import { nowUs } from './clock.ts';
import { OutputText } from './output-text.ts';
import type { EndOptions, SpanOptions, TypedSpanOptions } from './span-options.ts';
import { UpdateBuffer, type SpanChange } from './update-buffer.ts';

/** What a span needs of its tracer. */
export interface SpanHost {
  publish(traceId: TraceId, event: TraceEvent): void;
  /** `undefined` when nothing is recorded. */
  payload(traceId: TraceId, value: unknown): Payload | undefined;
  /** Attributes of every span that is the first of its trace in this process. */
  readonly resource: Readonly<Record<string, unknown>>;
  /** Something of ours went wrong; the agent's code never hears of it. */
  report(error: unknown): void;
  newSpanId(): SpanId;
  activeSpan(): Span | undefined;
  runWith<T>(span: Span, step: () => T): T;
}

/** Called with the span and its input. */
export type Step<T> = (span: Span, input: unknown) => T | PromiseLike<T>;

export interface SpanIdentity {
  name: string;
  type: SpanType;
  traceId: TraceId;
  /** Absent: a new one. */
  spanId?: SpanId;
  /** The parent when it is in this process. */
  parent?: Span;
  /** The parent when it is in another one. */
  remote?: TraceContext;
}

/**
 * One step of a run, open from its creation to {@link Span.end}. Every method may be called at any
 * time and never throws; after the end all but the ids are without effect.
 */
export class Span {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  /** What `inject` hands on, beside the ids. */
  readonly context: Pick<TraceContext, 'sampled' | 'random' | 'traceState' | 'baggage'>;
  readonly #host: SpanHost;
  readonly #parent: Span | undefined;
  readonly #startUs: number;
  readonly #updates: UpdateBuffer;
  readonly #text = new OutputText();
  #seq = 0;
  #ended = false;
  #usage: Usage = {};
  #output: { value: unknown } | undefined;
  #failure: { thrown: unknown } | undefined;

  constructor(host: SpanHost, identity: SpanIdentity, options: SpanOptions) {
    const { name, type, traceId, parent, remote } = identity;
    this.#host = host;
    this.#parent = parent;
    this.traceId = traceId;
    this.spanId = identity.spanId ?? host.newSpanId();
    this.context = parent?.context ?? contextOf(remote);
    this.#startUs = timeOf(options.startUs);
    this.#updates = new UpdateBuffer((change) => this.#update(change));
    const parentSpanId = parent?.spanId ?? remote?.spanId;
    const start = {
      type: 'open' as const,
      spanId: this.spanId,
      ...(parentSpanId === undefined ? {} : { parentSpanId }),
      name: textOf(name),
      spanType: type,
      startUs: this.#startUs,
    };
    this.#attempt(
      () => this.#publish({ ...start, ...this.#openFields(options) }),
      // Whatever it was in what the agent passed: the span itself is there.
      () => this.#publish(start),
    );
  }

  #openFields({ input, attributes, links = [] }: SpanOptions): Partial<OpenEvent> {
    const inherited = this.#parent === undefined ? this.#host.resource : {};
    const all = cleanAttributes({ ...inherited, ...attributes });
    return {
      ...(Object.keys(all).length === 0 ? {} : { attributes: all }),
      ...this.#payloadField('input', input),
      ...(links.length === 0 ? {} : { links: cleanLinks(links) }),
    };
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Whether {@link Span.setOutput} was called. */
  get hasOutput(): boolean {
    return this.#output !== undefined;
  }

  /** More of the output: a model's next token, a tool's next line. Visible at once. */
  append(text: string): this {
    if (this.#ended) return this;
    this.#attempt(() => {
      const piece = textOf(text);
      if (piece === '') return;
      this.#text.append(piece);
      this.#updates.append(piece);
    });
    return this;
  }

  setAttributes(attributes: Record<string, unknown>): this {
    return this.#change(() => ({ attributes: cleanAttributes(attributes) }));
  }

  setAttribute(key: string, value: unknown): this {
    return this.setAttributes({ [key]: value });
  }

  /** The input, where it is known only after the start. */
  setInput(value: unknown): this {
    return this.#change(() => this.#payloadField('input', value));
  }

  /** The output, in place of what the step returns. */
  setOutput(value: unknown): this {
    if (!this.#ended) this.#output = { value };
    return this;
  }

  /** Tokens and cost; a later call adds fields and replaces those it names. */
  setUsage(usage: Usage): this {
    if (!this.#ended)
      this.#attempt(() => {
        this.#usage = { ...this.#usage, ...cleanUsage(usage) };
      });
    return this;
  }

  setName(name: string): this {
    return this.#change(() => ({ name: textOf(name) }));
  }

  setType(spanType: SpanType): this {
    return this.#change(() => ({ spanType }));
  }

  /** One line of the step's own log. */
  log(message: string, options: Partial<Omit<SpanLog, 'message'>> = {}): this {
    return this.#change(() => {
      const { timeUs = nowUs(), level, attributes } = options;
      const log: SpanLog = {
        timeUs: timeOf(timeUs),
        message: textOf(message),
        ...(level === undefined ? {} : { level }),
        ...(attributes === undefined ? {} : { attributes: cleanAttributes(attributes) }),
      };
      return { logs: [log] };
    });
  }

  /** The step has failed, though it may go on: it will close as failed. */
  fail(thrown: unknown): this {
    if (!this.#ended) this.#failure = { thrown };
    return this;
  }

  /** Closes the span. A second call is without effect. */
  end(options: EndOptions = {}): void {
    if (this.#ended) return;
    this.#attempt(() => this.#updates.end());
    if ('output' in options) this.setOutput(options.output);
    if (options.usage !== undefined) this.setUsage(options.usage);
    if (options.error !== undefined) this.fail(options.error);
    this.#ended = true;
    const failure = this.#failure;
    const end = {
      type: 'close' as const,
      spanId: this.spanId,
      endUs: Math.max(this.#startUs, timeOf(options.endUs)),
      status: options.status ?? (failure === undefined ? ('ok' as const) : ('error' as const)),
      ...(failure === undefined ? {} : { error: toSpanError(failure.thrown) }),
    };
    this.#attempt(
      () => this.#publish({ ...end, ...this.#closeFields(options) }),
      () => this.#publish(end),
    );
  }

  #closeFields({ attributes }: EndOptions): Partial<CloseEvent> {
    const output = this.#output;
    // What was appended is the output already.
    const isText = output !== undefined && this.#text.equals(output.value);
    return {
      ...(output === undefined || isText ? {} : this.#payloadField('output', output.value)),
      ...(attributes === undefined ? {} : { attributes: cleanAttributes(attributes) }),
      ...(Object.keys(this.#usage).length === 0 ? {} : { usage: this.#usage }),
    };
  }

  /** Whether `span` is this one or lies above it, in this process. */
  isWithin(span: Span): boolean {
    if (span === this) return true;
    let at = this.#parent;
    while (at !== undefined && at !== span) at = at.#parent;
    return at !== undefined;
  }

  /** A child that is ended by hand, for code that cannot be wrapped. */
  startSpan(name: string, { type = 'step', ...options }: TypedSpanOptions = {}): Span {
    const parent = this.#innermost();
    return new Span(this.#host, { name, type, traceId: this.traceId, parent }, options);
  }

  /**
   * Runs a step as a child: opens it, makes it the active span while `step` runs, and closes it with
   * what `step` returns, or as failed with what it throws, which is thrown on unchanged.
   */
  async step<T>(name: string, ...rest: StepArguments<T>): Promise<Awaited<T>> {
    return this.#run('step', name, rest);
  }
  async agent<T>(name: string, ...rest: StepArguments<T>): Promise<Awaited<T>> {
    return this.#run('agent', name, rest);
  }
  async model<T>(name: string, ...rest: StepArguments<T>): Promise<Awaited<T>> {
    return this.#run('model', name, rest);
  }
  async tool<T>(name: string, ...rest: StepArguments<T>): Promise<Awaited<T>> {
    return this.#run('tool', name, rest);
  }
  async retrieval<T>(name: string, ...rest: StepArguments<T>): Promise<Awaited<T>> {
    return this.#run('retrieval', name, rest);
  }
  async embedding<T>(name: string, ...rest: StepArguments<T>): Promise<Awaited<T>> {
    return this.#run('embedding', name, rest);
  }
  async guardrail<T>(name: string, ...rest: StepArguments<T>): Promise<Awaited<T>> {
    return this.#run('guardrail', name, rest);
  }
  async handoff<T>(name: string, ...rest: StepArguments<T>): Promise<Awaited<T>> {
    return this.#run('handoff', name, rest);
  }

  #run<T>(type: SpanType, name: string, rest: StepArguments<T>): Promise<Awaited<T>> {
    const [options, step] = rest.length === 1 ? [{}, rest[0]] : rest;
    return runSpan(this.#host, this.startSpan(name, { ...options, type }), step, options.input);
  }

  /** The active span when it lies below this one, else this one. */
  #innermost(): Span {
    const active = this.#host.activeSpan();
    return active?.isWithin(this) === true ? active : this;
  }

  #change(make: () => SpanChange): this {
    if (this.#ended) return this;
    this.#attempt(() => {
      const change = make();
      if (Object.keys(change).length > 0) this.#updates.add(change);
    });
    return this;
  }

  /** Nothing of ours is ever thrown into the agent. */
  #attempt(step: () => void, otherwise?: () => void): void {
    try {
      step();
    } catch (error) {
      this.#host.report(error);
      otherwise?.();
    }
  }

  #update(change: SpanChange): void {
    this.#publish({ type: 'update', spanId: this.spanId, seq: this.#seq++, ...change });
  }

  #payloadField<Key extends string>(key: Key, value: unknown): { [K in Key]?: Payload } {
    if (value === undefined || isStream(value)) return {};
    const payload = this.#host.payload(this.traceId, value);
    return (payload === undefined ? {} : { [key]: payload }) as { [K in Key]?: Payload };
  }

  #publish(event: TraceEvent): void {
    this.#host.publish(this.traceId, event);
  }
}

export type StepArguments<T> = [step: Step<T>] | [options: SpanOptions, step: Step<T>];

/** Runs `step` inside a span that was just opened, and closes it. */
export async function runSpan<T>(
  host: SpanHost,
  span: Span,
  step: Step<T>,
  input: unknown,
): Promise<Awaited<T>> {
  try {
    const result = await host.runWith(span, () => step(span, input));
    span.end(span.hasOutput ? {} : { output: result });
    return result;
  } catch (thrown) {
    span.fail(thrown);
    span.end();
    throw thrown;
  }
}

function contextOf(remote: TraceContext | undefined): Span['context'] {
  if (remote === undefined) return { sampled: true };
  const { traceId: _traceId, spanId: _spanId, ...context } = remote;
  return context;
}

function timeOf(us: number | undefined): number {
  return us !== undefined && Number.isFinite(us) && us >= 0 ? Math.floor(us) : nowUs();
}

/** What the step hands on to its caller to be read is not ours to read. */
function isStream(value: unknown): boolean {
  return (
    typeof value === 'function' ||
    (typeof value === 'object' &&
      value !== null &&
      (Symbol.asyncIterator in value ||
        value instanceof ReadableStream ||
        value instanceof Response))
  );
}
