/**
 * Bytes of recorded runs in the log, on the way there and to a viewer, against the naive encoding:
 * the same events, each with its whole input or output as JSON text inside. Runs come from the
 * directory in `SPANTAIL_TRACES`, else from `examples/runs`.
 */
import { Publisher, createExporter } from '@spantail/agent';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadRuns, play, publisherSink } from 'spantail';
import { Child } from './support/child.ts';
import { CountingExporter, emptySizes, type Sizes } from './support/counting-exporter.ts';
import { grouped, round } from './support/statistics.ts';
import { startSubject } from './support/subject.ts';
import type { ViewersReport } from './support/viewers-process.ts';

const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples', 'runs');

type Row = Record<string, string | number>;

export async function run(): Promise<void> {
  const given = process.env['SPANTAIL_TRACES'];
  console.log(`  runs: ${given === undefined ? 'examples/runs' : 'the folder in SPANTAIL_TRACES'}`);
  await using subject = await startSubject('embedded');
  const { url } = subject.gateway;
  const byFormat = new Map<string, Sizes & { runs: number; watched: number }>();
  for (const { run: recorded, format } of await loadRuns([given ?? EXAMPLES])) {
    const exporter = new CountingExporter(createExporter(url));
    const publisher = new Publisher({ exporter });
    const { traceId, events } = await play(recorded, publisherSink(publisher), { speed: 'max' });
    await publisher.shutdown();
    await exporter.countModelInputs();
    const total = byFormat.get(format) ?? { runs: 0, watched: 0, ...emptySizes() };
    byFormat.set(format, total);
    for (const key of Object.keys(exporter.sizes) as (keyof Sizes)[])
      total[key] += exporter.sizes[key];
    total.runs++;
    total.watched += await frameBytes(url, traceId, events);
  }
  const all = { runs: 0, watched: 0, ...emptySizes() };
  for (const sizes of byFormat.values())
    for (const key of Object.keys(all) as (keyof typeof all)[]) all[key] += sizes[key];
  await subject.gateway.stop();
  console.table([...[...byFormat].map(([format, sizes]) => row(format, sizes)), row('all', all)]);
  console.log(
    `  model inputs alone: ${grouped(all.inputNaive)} bytes in full, ${grouped(all.inputLog)} in the log: ` +
      `${round(all.inputNaive / all.inputLog, 1)}×\n` +
      `  SQLite file with all of it: ${grouped(folderBytes(subject.directory))} bytes, ` +
      `1/${round(all.naive / folderBytes(subject.directory), 1)} of naive`,
  );
}

function row(name: string, sizes: Sizes & { runs: number; watched: number }): Row {
  return {
    format: name,
    runs: sizes.runs,
    events: sizes.events,
    'naive bytes': grouped(sizes.naive),
    'log bytes': grouped(sizes.log),
    'naive/log': round(sizes.naive / sizes.log, 1),
    'to the gateway': grouped(sizes.wire),
    'to a viewer': grouped(sizes.watched),
  };
}

/** What one viewer is sent of the whole run, payloads by reference. */
async function frameBytes(url: string, traceId: string, events: number): Promise<number> {
  await using viewer = await Child.start('viewers-process.ts', { url, streams: [[traceId]] });
  return (await viewer.ask<ViewersReport>({ expected: events })).bytes;
}

function folderBytes(directory: string): number {
  let bytes = 0;
  for (const name of readdirSync(directory)) bytes += statSync(join(directory, name)).size;
  return bytes;
}
