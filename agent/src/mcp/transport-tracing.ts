import { hostOf, type Tracer } from '../tracer/tracer.ts';
import type { Span } from '../tracer/span.ts';
import {
  mapOf,
  readMessage,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type RequestId,
} from './json-rpc.ts';
import { McpFailure, outcomeOf, spanOf } from './method-spans.ts';

/** A message on its way out. */
export interface Outgoing {
  message: unknown;
  /** It did not get out. */
  failed: (error: unknown) => void;
}

/**
 * One connection's requests, in both directions: either end may ask. Those of this side ("calls")
 * are steps of whoever asks; those of the other side ("tasks") are where its trace goes on here.
 */
export class TransportTracing {
  readonly #tracer: Tracer;
  readonly #sessionId: () => unknown;
  readonly #calls = new Map<RequestId, Span>();
  readonly #tasks = new Map<RequestId, Span>();
  /** Which call a progress notification belongs to. */
  readonly #progress = new Map<RequestId, RequestId>();

  constructor(tracer: Tracer, sessionId: () => unknown) {
    this.#tracer = tracer;
    this.#sessionId = sessionId;
  }

  /** The message as it goes out, and what to do when it does not get out. */
  sending(given: unknown): Outgoing {
    return this.#attempt(() => this.#sent(given)) ?? { message: given, failed: () => {} };
  }

  /** Runs what handles a message that came in. */
  receiving<T>(given: unknown, handle: () => T): T {
    const span = this.#attempt(() => this.#received(given));
    return span === undefined ? handle() : this.#tracer.withSpan(span, handle);
  }

  /** The connection is gone, and with it all answers. */
  closed(): void {
    for (const spans of [this.#calls, this.#tasks])
      for (const [id, span] of spans) {
        span.end({ error: new McpFailure('ConnectionClosed', 'the connection was closed') });
        spans.delete(id);
      }
    this.#progress.clear();
  }

  #sent(given: unknown): Outgoing | undefined {
    const message = readMessage(given);
    if (message?.kind === 'response') this.#answer(this.#tasks, message);
    if (message?.kind === 'notification') this.#notify(this.#calls, message);
    return message?.kind === 'request' ? this.#call(given, message) : undefined;
  }

  #call(given: unknown, request: JsonRpcRequest): Outgoing | undefined {
    const { id, params } = request;
    const shown = spanOf(request, this.#sessionId());
    if (shown === undefined) return undefined;
    const meta = mapOf(params['_meta']);
    const parent = this.#tracer.activeSpan ?? this.#tracer.extract(meta);
    const { name, ...options } = shown;
    const span = this.#tracer.startSpan(name, { ...options, parent });
    this.#calls.set(id, span);
    const { progressToken } = meta;
    if (typeof progressToken === 'string' || typeof progressToken === 'number')
      this.#progress.set(progressToken, id);
    // Not into the caller's own object, which it may send again.
    const carrier = { ...meta };
    this.#tracer.inject(carrier, { span });
    return {
      message: { ...mapOf(given), params: { ...params, _meta: carrier } },
      failed: (error) => {
        span.end({ error });
        this.#forget(id, progressToken);
      },
    };
  }

  #received(given: unknown): Span | undefined {
    const message = readMessage(given);
    if (message?.kind === 'response') this.#answer(this.#calls, message);
    if (message?.kind === 'notification') {
      if (message.method === 'notifications/progress') this.#progressed(message);
      else this.#notify(this.#tasks, message);
    }
    return message?.kind === 'request' ? this.#task(message) : undefined;
  }

  #task(request: JsonRpcRequest): Span | undefined {
    const { id, method, params } = request;
    // A message that is handed to two handlers is still one task.
    const known = this.#tasks.get(id);
    if (known !== undefined) return known;
    const shown = spanOf(request, this.#sessionId());
    if (shown === undefined) return undefined;
    const { name, type, ...options } = shown;
    const remote = this.#tracer.extract(mapOf(params['_meta']));
    // Where the caller has a span for the call, this is its inside, and not another tool call.
    const span = this.#tracer.startSpan(
      remote === undefined || type !== 'tool' ? name : `${method} ${name}`,
      { ...options, type: remote === undefined ? type : 'step', parent: remote },
    );
    this.#tasks.set(id, span);
    return span;
  }

  #answer(spans: Map<RequestId, Span>, response: JsonRpcResponse): void {
    const span = spans.get(response.id);
    if (span === undefined) return;
    spans.delete(response.id);
    if (spans === this.#calls) this.#forget(response.id, undefined);
    if ('error' in response)
      span.setAttribute('rpc.response.status_code', String(response.error.code));
    span.end(outcomeOf(response));
  }

  #progressed({ params }: JsonRpcNotification): void {
    const { progressToken, message } = params;
    const call = this.#calls.get(this.#progress.get(progressToken as RequestId) ?? '');
    if (call === undefined) return;
    const progress = Number(params['progress']);
    const total = params['total'] === undefined ? undefined : Number(params['total']);
    const share = total === undefined ? `${progress}` : `${progress} of ${total}`;
    call.log(typeof message === 'string' ? message : share, {
      attributes: { progress, ...(total === undefined ? {} : { total }) },
    });
  }

  /** Whoever asked does not wait any longer; there will be no answer. */
  #notify(spans: Map<RequestId, Span>, { method, params }: JsonRpcNotification): void {
    if (method !== 'notifications/cancelled') return;
    const { requestId, reason } = params;
    const span = spans.get(requestId as RequestId);
    if (span === undefined) return;
    spans.delete(requestId as RequestId);
    if (spans === this.#calls) this.#forget(requestId as RequestId, undefined);
    const why = typeof reason === 'string' ? reason : 'the request was cancelled';
    span.end({ error: new McpFailure('Cancelled', why) });
  }

  #forget(id: RequestId, progressToken: unknown): void {
    this.#calls.delete(id);
    if (progressToken !== undefined) this.#progress.delete(progressToken as RequestId);
    else for (const [token, call] of this.#progress) if (call === id) this.#progress.delete(token);
  }

  #attempt<T>(step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      hostOf(this.#tracer).report(error);
      return undefined;
    }
  }
}
