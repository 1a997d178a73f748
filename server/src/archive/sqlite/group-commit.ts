import { SpantailError } from '@spantail/protocol';
import type { CommitOutcome } from '../archive.ts';
import type { StoredCommit } from './stored-commit.ts';

interface Waiting {
  commits: StoredCommit[];
  resolve: (outcomes: CommitOutcome[]) => void;
  reject: (error: unknown) => void;
}

/**
 * Joins what is to be committed while a commit is under way: one large transaction costs a good deal
 * less than many small ones, above all for the full text.
 */
export class GroupCommit {
  readonly #write: (commits: StoredCommit[]) => Promise<CommitOutcome[]>;
  #waiting: Waiting[] = [];
  #busy = false;

  constructor(write: (commits: StoredCommit[]) => Promise<CommitOutcome[]>) {
    this.#write = write;
  }

  commit(commits: StoredCommit[]): Promise<CommitOutcome[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ commits, resolve, reject });
      if (!this.#busy) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      await this.#writeGroup(group);
    }
    this.#busy = false;
  }

  async #writeGroup(group: Waiting[]): Promise<void> {
    try {
      const outcomes = await this.#write(group.flatMap(({ commits }) => commits));
      let at = 0;
      for (const { commits, resolve } of group) resolve(outcomes.slice(at, (at += commits.length)));
    } catch (error) {
      const [only] = group;
      if (only !== undefined && group.length === 1) only.reject(error);
      // One that can never be committed must not take the others with it.
      else if (isOneCommitsFault(error)) for (const one of group) await this.#writeGroup([one]);
      else for (const { reject } of group) reject(error);
    }
  }
}

function isOneCommitsFault(error: unknown): boolean {
  return error instanceof SpantailError && error.code !== 'ARCHIVE_UNAVAILABLE';
}
