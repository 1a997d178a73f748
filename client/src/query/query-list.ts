/** Rows of one answer. */
export interface QueryPage<Row> {
  rows: Row[];
  /** Goes on behind them; absent: there are no more. */
  next?: string;
}

/**
 * A list that was asked for. Awaited, it is its first page; iterated, every row of all pages, each
 * page asked for when it is needed.
 */
export class QueryList<Row> implements PromiseLike<QueryPage<Row>>, AsyncIterable<Row> {
  readonly #read: (next: string | undefined) => Promise<QueryPage<Row>>;

  constructor(read: (next: string | undefined) => Promise<QueryPage<Row>>) {
    this.#read = read;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- to be awaited is what it is for
  then<A = QueryPage<Row>, B = never>(
    onPage?: ((page: QueryPage<Row>) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#read(undefined).then(onPage, onError);
  }

  /** Page by page. */
  async *pages(): AsyncGenerator<QueryPage<Row>, void, undefined> {
    let next: string | undefined;
    do {
      const page = await this.#read(next);
      yield page;
      next = page.next;
    } while (next !== undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Row, void, undefined> {
    for await (const { rows } of this.pages()) yield* rows;
  }
}
