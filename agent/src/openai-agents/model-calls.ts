import { AsyncLocalStorage } from 'node:async_hooks';
import type { SpanStatus } from '@spantail/protocol';
import type { Span } from '../tracer/span.ts';
import { modelOutput } from './model-output.ts';
import { isRecord, readUsage } from './usage.ts';

/**
 * A call of a model that was wrapped, while it runs. The model may open a span of the SDK for it: then
 * both the model and the SDK, which may be the later one, must have told its end.
 */
export class ModelCall {
  /** Ours from the start, or the one that the model opened for itself. */
  span: Span | undefined;
  readonly #showsContent: boolean;
  #awaited = 1;
  #failure: { thrown: unknown } | undefined;

  constructor(span: Span | undefined, showsContent: boolean) {
    this.span = span;
    this.#showsContent = showsContent;
  }

  /** A span of the SDK is the same call. */
  adopt(): void {
    this.#awaited++;
  }

  fail(thrown: unknown): void {
    this.#failure = { thrown };
  }

  end(status?: SpanStatus): void {
    if (--this.#awaited > 0) return;
    // What the model threw says more than the SDK's note of it.
    if (this.#failure !== undefined) this.span?.fail(this.#failure.thrown);
    this.span?.end(status === undefined ? {} : { status });
  }

  /** An event of the streamed response. */
  see(event: unknown): void {
    if (!isRecord(event)) return;
    if (event['type'] === 'output_text_delta' && typeof event['delta'] === 'string') {
      if (this.#showsContent) this.span?.append(event['delta']);
    } else if (event['type'] === 'response_done') this.answer(event['response']);
  }

  answer(response: unknown): void {
    if (!isRecord(response)) return;
    const { responseId, id } = response;
    this.span?.setUsage(readUsage(response['usage']));
    this.span?.setAttributes({ 'gen_ai.response.id': responseId ?? id });
    if (this.#showsContent) this.span?.setOutput(modelOutput(response['output']));
  }
}

/** The call that the running code is part of. */
export const modelCalls = new AsyncLocalStorage<ModelCall>();
