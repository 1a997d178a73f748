import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Archive } from 'spantail';
import { openSqliteArchive } from '../../../server/src/archive/sqlite/sqlite-archive.ts';
import { MemoryArchive } from '../../support/memory-archive.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { postgresHarness } from './postgres-harness.ts';

/** One implementation under test. */
export interface ArchiveHarness {
  name: string;
  /** An archive on an empty store; closed, and its store gone, when the test is over. */
  open: () => Promise<Archive>;
}

/** Every suite of this folder runs on each; the one in memory shows that the suites are right. */
export const ARCHIVES: readonly ArchiveHarness[] = [
  { name: 'the archive in memory', open: () => Promise.resolve(new MemoryArchive()) },
  {
    name: 'the embedded archive',
    open: async () => {
      const file = join(temporaryDirectory(), 'archive.sqlite');
      const archive = await openSqliteArchive({ file });
      onTestFinished(() => archive.close());
      return archive;
    },
  },
  postgresHarness,
];
