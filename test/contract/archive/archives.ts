import type { Archive } from 'spantail';
import { MemoryArchive } from '../../support/memory-archive.ts';
import { postgresHarness } from './postgres-harness.ts';

/** One implementation under test. */
export interface ArchiveHarness {
  name: string;
  /** An archive on an empty store; closed, and its store gone, when the test is over. */
  open(): Promise<Archive>;
}

/** Every suite of this folder runs on each; the one in memory shows that the suites are right. */
export const ARCHIVES: readonly ArchiveHarness[] = [
  { name: 'the archive in memory', open: () => Promise.resolve(new MemoryArchive()) },
  postgresHarness,
];
