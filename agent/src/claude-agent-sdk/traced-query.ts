import { tracerOf, type AdapterOptions } from '../adapter/adapter-options.ts';
import { attempt } from '../adapter/attempt.ts';
import type { QueryMessage, QueryParams } from './framework-types.ts';
import { QueryRun } from './query-run.ts';
import { tracedParams } from './traced-params.ts';
import { WatchedQuery } from './watched-query.ts';

/** Beside the query itself: to wait for what is not published yet. */
export interface TracedQuery {
  flush(options?: { timeoutMs?: number }): Promise<boolean>;
  /** Await it before the program ends, or the end of its last run may be missing. */
  shutdown(options?: { timeoutMs?: number }): Promise<boolean>;
}

/**
 * The SDK's `query`, whose runs are published while they happen. The program gets the same messages
 * and errors, and all methods of a query work.
 *
 * @example
 * import * as sdk from '@anthropic-ai/claude-agent-sdk';
 * const query = tracedQuery(sdk.query);
 * for await (const message of query({ prompt })) console.log(message);
 * await query.shutdown();
 */
export function tracedQuery<Query extends (params: never) => AsyncIterable<unknown>>(
  query: Query,
  options: AdapterOptions = {},
): Query & TracedQuery {
  const tracer = tracerOf(options);
  const original = query as unknown as (params: QueryParams) => AsyncGenerator<QueryMessage>;
  const traced = (params: QueryParams): AsyncGenerator<QueryMessage> => {
    if (!tracer.enabled) return original(params);
    let run: QueryRun | undefined;
    let its = params;
    attempt(() => {
      run = new QueryRun(tracer, params.prompt, params.options ?? {});
      its = tracedParams(params, run, tracer);
    });
    if (run === undefined) return original(params);
    const { root } = run;
    try {
      // Tools of the program's own, which the SDK calls, are below the run.
      const messages = tracer.withSpan(root, () => original(its));
      const isOurs = params.options?.includePartialMessages !== true;
      return new WatchedQuery(messages, run, isOurs).asQuery();
    } catch (thrown) {
      run.end({ error: thrown });
      throw thrown;
    }
  };
  const control: TracedQuery = {
    flush: (given) => tracer.flush(given),
    shutdown: (given) => (tracer === options.tracer ? tracer.flush(given) : tracer.shutdown(given)),
  };
  return Object.assign(traced as unknown as Query, control);
}
