import { parseArgs } from 'node:util';
import { createClient, type Client } from '@spantail/client';
import { SpantailError, isTraceId, toHex, type TraceId } from '@spantail/protocol';
import { showRun } from '../terminal/show-run.ts';
import { gatewayUrl } from './gateway-url.ts';
import { UsageError } from './usage-error.ts';

const OPTIONS = {
  latest: { type: 'boolean' },
  next: { type: 'boolean' },
  json: { type: 'boolean' },
  full: { type: 'boolean' },
  after: { type: 'string' },
  follow: { type: 'boolean' },
  url: { type: 'string' },
} as const;

/** `spantail watch`: a run in the terminal, or its events as JSON lines. */
export async function watch(args: string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: OPTIONS,
    strict: true,
    allowPositionals: true,
  });
  const [given] = positionals;
  if (positionals.length > 1) throw new UsageError('one TRACE_ID at a time');
  const { latest = false, next = false } = values;
  if (Number(given !== undefined) + Number(latest) + Number(next) !== 1)
    throw new UsageError('say which run: a TRACE_ID, --latest, or --next');
  if (given !== undefined && !isTraceId(given))
    throw new UsageError(
      `"${String(given).slice(0, 80)}" is not a trace id: 32 lower-case hex digits`,
    );

  if (values.full === true && values.json !== true)
    throw new UsageError('--full is for --json; the tree shows previews');

  await using client = createClient({ url: gatewayUrl(values.url) });
  client.on('status', (status) => {
    if (status.kind === 'waiting' && status.attempt === 1 && !signal.aborted)
      process.stderr.write(
        `spantail watch: no gateway at ${gatewayUrl(values.url)} (${status.reason}); trying again. ` +
          'Start one with: spantail serve\n',
      );
  });
  const traceId = given ?? (await (latest ? latestRun : nextRun)(client, signal));
  if (traceId === undefined) return 130;
  const start = values.after === undefined ? {} : { after: values.after };
  const follow = values.follow === true;
  // Awaited here: the client is closed when this function is left.
  if (values.json === true)
    return await printEvents(client, traceId, {
      ...start,
      follow,
      signal,
      full: values.full === true,
    });
  return await showRun(client, traceId, { ...start, follow, signal });
}

/** The run that started last; when there is none yet, the next one to start. */
async function latestRun(client: Client, signal: AbortSignal): Promise<TraceId | undefined> {
  let latest: { traceId: TraceId; startUs: number } | undefined;
  for await (const run of client.runs({ live: false, signal }))
    if (latest === undefined || run.startUs >= latest.startUs) latest = run;
  if (latest !== undefined) return latest.traceId;
  process.stderr.write('spantail watch: no run yet; waiting for one to start\n');
  for await (const run of client.runs({ signal })) return run.traceId;
  return undefined;
}

/** The first run to start from now on. */
async function nextRun(client: Client, signal: AbortSignal): Promise<TraceId | undefined> {
  const known = new Set<TraceId>();
  for await (const run of client.runs({ live: false, signal })) known.add(run.traceId);
  if (!signal.aborted) process.stderr.write('spantail watch: waiting for a run to start\n');
  for await (const run of client.runs({ signal })) if (!known.has(run.traceId)) return run.traceId;
  return undefined;
}

interface PrintOptions {
  after?: string;
  follow: boolean;
  full: boolean;
  signal: AbortSignal;
}

async function printEvents(
  client: Client,
  traceId: TraceId,
  { full, ...options }: PrintOptions,
): Promise<number> {
  for await (const item of client.events(traceId, options)) {
    const shown: Record<string, unknown> = { ...item };
    if (full) {
      if (item.type !== 'close' && 'input' in item && item.input !== undefined)
        shown['input'] = await client.load(traceId, item.input);
      if (item.type === 'close' && item.output !== undefined)
        shown['output'] = await client.load(traceId, item.output);
    }
    const line = JSON.stringify(shown, (_key, value: unknown) =>
      value instanceof Uint8Array ? toHex(value) : value,
    );
    // Waits for a slow reader of the pipe: the client's bounded queue then slows the gateway.
    if (!process.stdout.write(`${line}\n`))
      await new Promise((resolve) => process.stdout.once('drain', resolve));
    if (item.type === 'reset')
      throw new SpantailError(
        'NOT_FOUND',
        `the cursor's history is gone (${item.reason}); start again without --after`,
      );
  }
  return 0;
}
