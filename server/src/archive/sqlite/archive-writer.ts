import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { archiveUnavailable } from '../unavailable.ts';
import type { CommitOutcome } from '../archive.ts';
import { CommitWriter } from './commit-writer.ts';
import type { WriterMethods } from './messages.ts';
import { Removal } from './removal.ts';
import type { StoredCommit } from './stored-commit.ts';
import { TextWriter } from './text-writer.ts';
import { transaction } from './transaction.ts';

/** Everything that changes an archive. */
export class ArchiveWriter implements WriterMethods {
  readonly #db: DatabaseSync;
  readonly #commits: CommitWriter;
  readonly #removal: Removal;

  constructor(db: DatabaseSync) {
    this.#db = db;
    const text = new TextWriter(db);
    this.#commits = new CommitWriter(db, text);
    this.#removal = new Removal(db, text);
  }

  commit(commits: StoredCommit[]): CommitOutcome[] {
    return this.#commits.commit(commits);
  }

  hide(project: string, traceIds: string[]): number {
    return this.#removal.hide(project, traceIds);
  }

  sweep(): boolean {
    return this.#removal.step();
  }

  probe(): number {
    const begin = performance.now();
    const value = randomBytes(16);
    transaction(this.#db, () =>
      this.#db.prepare('INSERT OR REPLACE INTO probe (id, value) VALUES (1, ?)').run(value),
    );
    const row = this.#db.prepare('SELECT value FROM probe WHERE id = 1').get();
    if (!value.equals(row?.['value'] as Uint8Array))
      throw archiveUnavailable('a value that was just written could not be read back');
    return performance.now() - begin;
  }
}
