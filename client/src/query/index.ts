/** `@spantail/client/query`: the record alone, for programs that watch nothing. */
import { BlobStore } from '../blobs/blob-store.ts';
import { gatewayUrls } from '../gateway-urls.ts';
import { QueryClient } from './query-client.ts';

export interface CreateQueryOptions {
  /** The gateway, as for `createClient`. */
  url: string;
  fetch?: typeof globalThis.fetch;
  /** Bytes of referenced content kept. Default 32 MiB. */
  maxBlobBytes?: number;
}

/** @throws SpantailError BAD_MESSAGE when the URL will not do */
export function createQuery({ url, ...options }: CreateQueryOptions): QueryClient {
  const baseUrl = gatewayUrls(url).httpUrl;
  const fetch: typeof globalThis.fetch =
    options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  const blobs = new BlobStore({
    baseUrl,
    fetch,
    maxBytes: options.maxBlobBytes ?? 32 * 1024 * 1024,
    random: Math.random,
    signal: new AbortController().signal,
  });
  return new QueryClient({ baseUrl, fetch, load: (id, payload) => blobs.load(id, payload) });
}

export {
  QueryClient,
  type ListOptions,
  type PayloadsOption,
  type QueryFilter,
  type RunSpansOptions,
  type SignalOption,
  type StatsOptions,
} from './query-client.ts';
export { QueryList, type QueryPage } from './query-list.ts';
export type { QueryPayload, QuerySpan } from './query-span.ts';
export {
  QueryError,
  type QueryField,
  type RunRow,
  type RunStatus,
  type SortField,
  type StatsGroup,
  type StatsRow,
} from '@spantail/protocol';
