import { parseArgs } from 'node:util';
import { Publisher, createExporter } from '@spantail/agent';
import { createClient } from '@spantail/client';
import { SpantailError } from '@spantail/protocol';
import { publisherSink } from '../play/publisher-sink.ts';
import { readImport, refuseExisting, type ImportableRun } from '../transfer/import-runs.ts';
import { gatewayUrl } from './gateway-url.ts';
import { requireGateway } from './require-gateway.ts';
import { UsageError } from './usage-error.ts';

const OPTIONS = {
  url: { type: 'string' },
  force: { type: 'boolean' },
} as const;

/** `spantail import`: exported runs back into a gateway, with their own ids and times. */
export async function importRuns(args: string[], signal: AbortSignal): Promise<number> {
  const { values, positionals: files } = parseArgs({
    args,
    options: OPTIONS,
    strict: true,
    allowPositionals: true,
  });
  if (files.length === 0) throw new UsageError('name the FILE to import');
  const runs: ImportableRun[] = [];
  // All files first: nothing is published when one of them cannot be read.
  for (const file of files) runs.push(...(await readImport(file)));
  const url = gatewayUrl(values.url);
  await requireGateway(url, signal);
  if (values.force !== true) await refuseKnown(url, runs, signal);
  const publisher = new Publisher({
    exporter: createExporter(url),
    onError: ({ message }) => process.stderr.write(`spantail import: ${message}\n`),
  });
  try {
    for (const run of runs) {
      const events = await run.publish(publisherSink(publisher));
      process.stdout.write(`${run.traceId}  ${events} events\n`);
    }
  } finally {
    await publisher.shutdown();
  }
  const { dropped } = publisher.stats;
  const lost = dropped.events + dropped.updates + dropped.payloads;
  if (lost > 0) throw new SpantailError('LOG_UNAVAILABLE', `${lost} events or payloads were lost`);
  return 0;
}

async function refuseKnown(
  url: string,
  runs: readonly ImportableRun[],
  signal: AbortSignal,
): Promise<void> {
  const client = createClient({ url });
  try {
    for (const { traceId } of runs)
      for await (const _ of client.replay(traceId, { speed: 'max', live: false, signal }))
        refuseExisting(traceId);
  } finally {
    client.close();
  }
}
