import type { PoolClient } from 'pg';
import { parsePosition } from '../../log/position.ts';
import type { Connection } from './connection.ts';
import { codeOf } from './failure.ts';
import { PARTITIONS_LOCK } from './locks.ts';

const WEEK_MS = 7 * 24 * 3_600_000;

/** The week of an entry, counted from 1970: by the log's clock, which no publisher can set. */
export function weekOf(position: string): number {
  return Math.floor(parsePosition(position).ms / WEEK_MS);
}

/** Spans for a partition that is not there (any more). */
export class MissingPartition extends Error {
  readonly week: number;

  constructor(week: number) {
    super(`no partition for week ${week}`);
    this.week = week;
  }
}

/** Makes partitions of `spans` when they are needed and drops those that are empty. */
export class Partitions {
  readonly #connection: Connection;
  readonly #known = new Set<number>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @throws MissingPartition for a week that must be made first */
  require(week: number): void {
    if (!this.#known.has(week)) throw new MissingPartition(week);
  }

  /** Another process dropped one. */
  forget(): void {
    this.#known.clear();
  }

  async make(week: number): Promise<void> {
    const name = nameOf(week);
    await this.#connection.transaction(async (client) => {
      await lock(client);
      const { rows } = await client.query(`SELECT to_regclass($1) AS found`, [name]);
      if ((rows[0] as { found: string | null }).found !== null) return;
      // Made first and attached then: that does not wait for queries under way.
      await client.query(`CREATE TABLE ${name} (LIKE spantail.spans INCLUDING ALL)`);
      await client.query(
        `ALTER TABLE spantail.spans ATTACH PARTITION ${name} FOR VALUES IN (${week})`,
      );
    });
    this.#known.add(week);
  }

  /** Drops those of these weeks that are over and empty. One that is busy stays until the next time. */
  async dropEmpty(weeks: Iterable<number>, nowMs = Date.now()): Promise<void> {
    const current = Math.floor(nowMs / WEEK_MS);
    for (const week of new Set(weeks)) {
      if (week >= current - 1) continue;
      await this.#drop(nameOf(week)).catch((error: unknown) => {
        if (codeOf(causeOf(error)) !== LOCK_NOT_AVAILABLE) throw error;
      });
      this.#known.delete(week);
    }
  }

  async #drop(name: string): Promise<void> {
    await this.#connection.transaction(async (client) => {
      await lock(client);
      await client.query(`SET LOCAL lock_timeout = '500ms'`);
      const { rows } = await client.query(`SELECT to_regclass($1) AS found`, [name]);
      if ((rows[0] as { found: string | null }).found === null) return;
      await client.query(`LOCK TABLE spantail.spans, ${name} IN ACCESS EXCLUSIVE MODE`);
      const { rowCount } = await client.query(`SELECT 1 FROM ${name} LIMIT 1`);
      if (rowCount === 0) await client.query(`DROP TABLE ${name}`);
    });
  }
}

const LOCK_NOT_AVAILABLE = '55P03';

/** The name is made of a number only. */
function nameOf(week: number): string {
  return `spantail.spans_week_${Math.trunc(week)}`;
}

async function lock(client: PoolClient): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1, 0)', [PARTITIONS_LOCK]);
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
