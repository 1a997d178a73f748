import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { createClient } from '@spantail/client';
import { isTraceId } from '@spantail/protocol';
import { exportEvents, exportOtlp } from '../transfer/export-run.ts';
import { gatewayUrl } from './gateway-url.ts';
import { requireGateway } from './require-gateway.ts';
import { UsageError } from './usage-error.ts';

const OPTIONS = {
  format: { type: 'string' },
  out: { type: 'string' },
  url: { type: 'string' },
} as const;

/** `spantail export`: a run as a file that `spantail import`, or any OTLP backend, reads. */
export async function exportRun(args: string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: OPTIONS,
    strict: true,
    allowPositionals: true,
  });
  const [traceId] = positionals;
  if (!isTraceId(traceId) || positionals.length > 1)
    throw new UsageError('name one TRACE_ID: 32 lower-case hex digits');
  const format = values.format ?? 'events';
  if (format !== 'events' && format !== 'otlp')
    throw new UsageError(`--format is events or otlp, not "${format}"`);
  const url = gatewayUrl(values.url).replace(/^ws/, 'http').replace(/\/$/, '');
  await requireGateway(url, signal);
  const client = createClient({ url });
  try {
    const texts =
      format === 'events'
        ? exportEvents(client, url, traceId, signal)
        : [await exportOtlp(client, url, traceId, signal)];
    await writeAll(texts, values.out);
  } finally {
    client.close();
  }
  return 0;
}

/** The file is made when the first text is there: a run that is not leaves none behind. */
async function writeAll(
  texts: AsyncIterable<string> | Iterable<string>,
  file: string | undefined,
): Promise<void> {
  let output: NodeJS.WritableStream | undefined;
  for await (const text of texts) {
    output ??= file === undefined ? process.stdout : createWriteStream(file);
    if (!output.write(text)) await once(output, 'drain');
  }
  if (output === undefined || output === process.stdout) return;
  output.end();
  await once(output, 'finish');
}
