/**
 * The embedded archive: how fast it takes spans (rows, events and full text), what a span takes on
 * disk, and how quickly it answers. A million spans, or as many as the first argument says:
 * `node --conditions=source bench/src/archive.ts 10000000`.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteArchive } from 'spantail';
import { askArchive, fillArchive, megabytes } from './support/archive-load.ts';
import { machine } from './support/machine.ts';

export async function run(spans = 1_000_000): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'spantail-bench-'));
  try {
    const archive = await openSqliteArchive({
      file: join(directory, 'archive.sqlite'),
      queryTimeoutMs: 120_000,
    });
    const traceIds = await fillArchive(archive, spans, () => folderBytes(directory));
    await askArchive(archive, traceIds);
    console.log(`  memory of the process: ${megabytes(process.memoryUsage.rss())} MB`);
    await archive.close();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function folderBytes(directory: string): number {
  let bytes = 0;
  for (const name of readdirSync(directory)) bytes += statSync(join(directory, name)).size;
  return bytes;
}

if (import.meta.main) {
  console.log(machine());
  await run(Number(process.argv[2] ?? 1_000_000));
}
