/**
 * `npm run demo`: a gateway on the embedded log (or `--redis URL`), real recorded runs played as
 * live ones, and one of them growing in the terminal. `--exit` plays at full speed instead and
 * checks that what was published is what came out.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Indexer, openArchive, openLog, startGateway } from 'spantail';
import { checkRuns } from './demo-check.ts';
import { showRuns } from './demo-show.ts';

const { values } = parseArgs({
  options: {
    exit: { type: 'boolean' },
    redis: { type: 'string' },
    speed: { type: 'string' },
    port: { type: 'string' },
  },
});

const directory = mkdtempSync(join(tmpdir(), 'spantail-demo-'));
const log = await openLog(
  values.redis,
  values.redis === undefined ? directory : undefined,
  3_600_000,
);
const archive = await openArchive(join(directory, 'archive.sqlite'));
const indexer = new Indexer({ log, archive });
const gateway = await startGateway({ log, archive, port: Number(values.port ?? 0), drainMs: 100 });
indexer.start();
try {
  if (values.exit === true) {
    const { line, ok } = await checkRuns(gateway.url);
    console.log(line);
    process.exitCode = ok ? 0 : 1;
  } else {
    await showRuns(gateway.url, Number(values.speed ?? 4));
  }
} finally {
  await gateway.close();
  await indexer.close();
  await log.close();
  await archive.close();
  rmSync(directory, { recursive: true, force: true });
}
