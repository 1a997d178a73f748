import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openSqliteLog } from '../../../server/src/log/sqlite/sqlite-log.ts';
import type { Harness } from './harness.ts';

/** A directory that is gone when the test is over. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'spantail-log-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export const sqliteHarness: Harness = {
  async open(options = {}) {
    const log = await openSqliteLog({ file: join(temporaryDirectory(), 'log.sqlite'), ...options });
    onTestFinished(() => log.close());
    return log;
  },
};
