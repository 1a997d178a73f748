import type { AdapterOptions } from '../adapter/adapter-options.ts';
import { tracedQuery, type TracedQuery } from './traced-query.ts';

export type { AdapterOptions } from '../adapter/adapter-options.ts';
export { tracedQuery, type TracedQuery } from './traced-query.ts';

/** For a program that loads adapters by name: the same as `tracedQuery`, with its options first. */
export default function createTracedQuery(
  options: AdapterOptions = {},
): <Query extends (params: never) => AsyncIterable<unknown>>(query: Query) => Query & TracedQuery {
  return (query) => tracedQuery(query, options);
}
