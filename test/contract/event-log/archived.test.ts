import { ArchivedLog } from 'spantail';
import { MemoryArchive } from '../../support/memory-archive.ts';
import { registerContract } from './contract.ts';
import { sqliteHarness } from './sqlite-harness.ts';

registerContract('the log with an archive behind it', {
  open: async (options) => new ArchivedLog(await sqliteHarness.open(options), new MemoryArchive()),
});
