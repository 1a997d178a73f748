import type {
  Payload,
  QueryField,
  QuerySubject,
  RunRow,
  SortField,
  SpanId,
  StatsGroup,
  StatsRow,
  TraceId,
} from '@spantail/protocol';
import { QueryList, type QueryPage } from './query-list.ts';
import { toQuerySpan, type QuerySpan } from './query-span.ts';
import { requestJson, type QueryParameters, type QueryTransport } from './request-json.ts';

/**
 * A filter: `q` in the filter language, and each field on its own (`{ status: 'error', duration:
 * '>2s' }`); all of it must match. PROTOCOL.md has the fields.
 */
export type QueryFilter = { q?: string } & { [Field in QueryField]?: string | number } & {
  /** An attribute of a span. */
  [attribute: `@${string}`]: string | number | undefined;
};

export interface SignalOption {
  signal?: AbortSignal;
}

export type ListOptions<Subject extends QuerySubject = 'run'> = QueryFilter &
  SignalOption & {
    /** Default `-start`: the newest first. */
    sort?: SortField<Subject> | `-${SortField<Subject>}`;
    /** Rows of one page. Default 50. */
    limit?: number;
    /** Goes on where a page ended. */
    next?: string;
  };

export interface PayloadsOption extends SignalOption {
  /** `full`: values come along, as far as the gateway's bound goes. Default `reference`. */
  payloads?: 'reference' | 'full';
}

export interface RunSpansOptions extends PayloadsOption {
  /** Spans of one page. Default 1,000. */
  limit?: number;
  next?: string;
}

export type StatsOptions = QueryFilter &
  SignalOption & {
    by?: StatsGroup;
    /** Width of a time slot: `1h`. */
    every?: string;
    /** Groups at most. Default 50. */
    limit?: number;
  };

export interface QueryClientOptions extends QueryTransport {
  load: (traceId: TraceId, payload: Payload) => Promise<unknown>;
}

/** Asks a gateway for what it has recorded. */
export class QueryClient {
  readonly #options: QueryClientOptions;

  constructor(options: QueryClientOptions) {
    this.#options = options;
  }

  /** Await it for one page, or iterate over all runs that match. @throws SpantailError QUERY_INVALID */
  runs({ signal, ...query }: ListOptions = {}): QueryList<RunRow> {
    return this.#list('/runs', query, signal, ({ runs }) => runs as RunRow[]);
  }

  /** @throws SpantailError NOT_FOUND */
  async run(traceId: TraceId, { signal }: SignalOption = {}): Promise<RunRow> {
    return (await this.#ask(runPath(traceId), {}, signal)) as RunRow;
  }

  /** Spans across runs. Await it for one page, or iterate over all of them. */
  spans({ signal, ...query }: ListOptions<'span'> = {}): QueryList<QuerySpan> {
    return this.#list('/spans', query, signal, ({ spans }) => this.#spansOf(spans));
  }

  /** Spans of one run, by start. */
  runSpans(traceId: TraceId, { signal, ...query }: RunSpansOptions = {}): QueryList<QuerySpan> {
    return this.#list(`${runPath(traceId)}/spans`, query, signal, ({ spans }) =>
      this.#spansOf(spans),
    );
  }

  /** The span, its parent, and so on to the root. @throws SpantailError NOT_FOUND */
  async path(
    traceId: TraceId,
    spanId: SpanId,
    { signal, ...query }: PayloadsOption = {},
  ): Promise<QuerySpan[]> {
    const path = `${runPath(traceId)}/path/${encodeURIComponent(spanId)}`;
    const answer = (await this.#ask(path, query, signal)) as { path: unknown };
    return this.#spansOf(answer.path);
  }

  /** Counts, failures, durations, tokens and cost of spans, by group and over time. */
  async stats({ signal, ...query }: StatsOptions = {}): Promise<StatsRow[]> {
    const answer = (await this.#ask('/stats', query, signal)) as { stats: StatsRow[] };
    return answer.stats;
  }

  #list<Row>(
    path: string,
    query: QueryParameters,
    signal: AbortSignal | undefined,
    rowsOf: (answer: Record<string, unknown>) => Row[],
  ): QueryList<Row> {
    return new QueryList(async (next): Promise<QueryPage<Row>> => {
      const asked = next === undefined ? query : { ...query, next };
      const answer = (await this.#ask(path, asked, signal)) as Record<string, unknown>;
      const rows = rowsOf(answer);
      return typeof answer['next'] === 'string' ? { rows, next: answer['next'] } : { rows };
    });
  }

  #ask(path: string, query: QueryParameters, signal: AbortSignal | undefined): Promise<unknown> {
    return requestJson(this.#options, path, query, signal);
  }

  #spansOf(spans: unknown): QuerySpan[] {
    return (spans as { traceId: TraceId }[]).map((span) =>
      toQuerySpan(span, (payload) => this.#options.load(span.traceId, payload)),
    );
  }
}

function runPath(traceId: TraceId): string {
  return `/runs/${encodeURIComponent(traceId)}`;
}
