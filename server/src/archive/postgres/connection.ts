import { Pool, TypeOverrides, type PoolClient, type QueryResultRow } from 'pg';
import { backoffMs, SpantailError } from '@spantail/protocol';
import { archiveFailure, isTransient, queryFailure } from './failure.ts';

export interface ConnectionOptions {
  url: string;
  /** A query that takes longer is given up. Default 30 s. */
  queryTimeoutMs?: number;
  /** How long a transaction is tried again while the server is away. Default 10 s. */
  retryForMs?: number;
  maxConnections?: number;
}

const CONNECT_TIMEOUT_MS = 5_000;
const WRITE_TIMEOUT_MS = 60_000;
/** The server cancels first; this is for one that does not answer at all. */
const SILENCE_MS = 5_000;
const WRITERS = 4;

const INT8 = 20;
/** 64-bit integers as numbers: microseconds and counts fit. */
const NUMBERS = new TypeOverrides();
NUMBERS.setTypeParser(INT8, Number);

/** Two pools, so that long queries never keep the writer from a connection. They reconnect. */
export class Connection {
  /** Host, port and database, without the password. */
  readonly where: string;
  readonly #readers: Pool;
  readonly #writers: Pool;
  readonly #retryForMs: number;
  #closed = false;

  constructor(options: ConnectionOptions) {
    const { url, queryTimeoutMs = 30_000, retryForMs = 10_000, maxConnections = 8 } = options;
    this.where = `PostgreSQL at ${placeOf(url)}`;
    this.#retryForMs = retryForMs;
    this.#readers = makePool(url, maxConnections, queryTimeoutMs);
    this.#writers = makePool(url, WRITERS, WRITE_TIMEOUT_MS);
  }

  async query<Row extends QueryResultRow>(
    text: string,
    values: unknown[] = [],
    name?: string,
  ): Promise<Row[]> {
    this.#requireOpen();
    try {
      // A connection that broke while it was idle says so at its first use only: once more.
      const query = { text, values, ...(name === undefined ? {} : { name }) };
      const attempt = () => this.#readers.query<Row>(query);
      const { rows } = await attempt().catch((error: unknown) => {
        if (!isTransient(error) || this.#closed) throw error;
        return attempt();
      });
      return rows;
    } catch (error) {
      throw queryFailure(this.where, error);
    }
  }

  /**
   * Runs `work` in a transaction of its own, again from the beginning when it lost a race or its
   * connection. `again`: an earlier attempt may have been committed, its answer lost.
   */
  async transaction<Result>(
    work: (client: PoolClient, again: boolean) => Promise<Result>,
  ): Promise<Result> {
    const giveUpMs = performance.now() + this.#retryForMs;
    let again = false;
    for (let attempt = 0; ; attempt++) {
      this.#requireOpen();
      try {
        const ambiguous = again;
        return await this.#attempt(
          (client) => work(client, ambiguous),
          () => (again = true),
        );
      } catch (error) {
        if (!isTransient(error) || performance.now() > giveUpMs || this.#closed)
          throw archiveFailure(this.where, error);
        const waitMs = backoffMs(attempt, Math.random(), { baseMs: 50, maxMs: 1_000 });
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  /** A connection of the writers for what cannot be said in one transaction. */
  async withClient<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    this.#requireOpen();
    let client: PoolClient | undefined;
    let failure: Error | undefined;
    try {
      client = await this.#writers.connect();
      return await work(client);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      throw archiveFailure(this.where, error);
    } finally {
      client?.release(failure);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([this.#readers.end(), this.#writers.end()]);
  }

  async #attempt<Result>(
    work: (client: PoolClient) => Promise<Result>,
    committing: () => void,
  ): Promise<Result> {
    const client = await this.#writers.connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const result = await work(client);
      committing();
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((reason: Error) => (broken = reason));
      throw error;
    } finally {
      client.release(broken);
    }
  }

  #requireOpen(): void {
    if (this.#closed) throw new SpantailError('ARCHIVE_UNAVAILABLE', 'the archive is closed');
  }
}

function makePool(url: string, max: number, timeoutMs: number): Pool {
  const pool = new Pool({
    connectionString: url,
    max,
    application_name: 'spantail',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: timeoutMs,
    query_timeout: timeoutMs + SILENCE_MS,
    keepAlive: true,
    // Nothing that waits here may keep a process alive that has nothing else to do.
    allowExitOnIdle: true,
    types: NUMBERS,
  });
  // An idle connection that breaks is dropped by the pool; the next use makes another.
  pool.on('error', () => {});
  // One that breaks while it is in use fails what is under way; without this, the process too.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

function placeOf(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url);
    return `${hostname || 'localhost'}:${port || '5432'}${pathname}`;
  } catch {
    throw new SpantailError(
      'ARCHIVE_UNAVAILABLE',
      'the --archive address is not like postgres://user:password@host:5432/database',
    );
  }
}
