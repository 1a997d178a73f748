import { parseArgs } from 'node:util';
import { Publisher, createExporter, type Exporter } from '@spantail/agent';
import { SpantailError } from '@spantail/protocol';
import {
  followSession,
  loadRuns,
  playRuns,
  type PlayedRun,
  type Speed,
  type StartedRun,
} from '../play/index.ts';
import { publisherSink } from '../play/publisher-sink.ts';
import { DEFAULT_PORT } from '../gateway/default-port.ts';
import { requireGateway } from './require-gateway.ts';
import { UsageError } from './usage-error.ts';

const OPTIONS = {
  speed: { type: 'string' },
  to: { type: 'string' },
  follow: { type: 'boolean' },
  quiet: { type: 'boolean' },
} as const;

/** `spantail play`: recorded runs as live ones, or a session in progress. */
export async function play(args: string[], signal: AbortSignal): Promise<number> {
  const { values, positionals: files } = parseArgs({
    args,
    options: OPTIONS,
    strict: true,
    allowPositionals: true,
  });
  const speed = parseSpeed(values.speed);
  const [file] = files;
  if (file === undefined) throw new UsageError('name the FILE, or folder, to play');
  if (values.follow === true && files.length > 1)
    throw new UsageError('--follow takes one FILE at a time');
  const to = addressOf(values.to);
  const exporter = exporterTo(to);
  // Files first: what is wrong with them can be said without a gateway.
  const loaded = values.follow === true ? [] : await loadRuns(files);
  await requireGateway(to, signal);
  if (to.startsWith('redis')) await requireRedis(exporter, signal);

  let said = '';
  const publisher = new Publisher({
    exporter,
    // A gateway that is away says so at every attempt.
    onError: ({ message }) => {
      if (message !== said) process.stderr.write(`spantail play: ${message}\n`);
      said = message;
    },
  });
  const sink = publisherSink(publisher);
  const say = (text: string): void => {
    process.stdout.write(text);
  };
  const onStart = (run: StartedRun): void =>
    say(
      values.quiet === true
        ? `${run.traceId}\n`
        : `${run.traceId}  ${run.name}  (${run.format}, ${run.file})\n`,
    );
  try {
    if (values.follow === true) {
      await followSession(file, sink, { signal, onStart: (traceId) => say(`${traceId}\n`) });
    } else {
      const runs = await playRuns(loaded, { speed, signal, onStart }, sink);
      if (values.quiet !== true) say(summaryOf(runs));
    }
  } finally {
    await publisher.shutdown();
  }
  return reportLoss(publisher);
}

/** Nothing is sent, but Redis has to answer: an outage of the first moment is a wrong address. */
async function requireRedis(exporter: Exporter, signal: AbortSignal): Promise<void> {
  // An exporter never keeps a process alive: this one has to wait for the answer.
  const hold = setInterval(() => {}, 1_000);
  try {
    await exporter.export('spantail-play', [], signal);
  } finally {
    clearInterval(hold);
  }
}

function summaryOf(runs: readonly PlayedRun[]): string {
  const sum = (pick: (run: PlayedRun) => number): number =>
    runs.reduce((total, run) => total + pick(run), 0);
  const count = `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}`;
  return `${count}, ${sum((run) => run.spans)} spans, ${sum((run) => run.events)} events\n`;
}

/** What did not get through is an error: a player, unlike an agent, has nothing better to do. */
function reportLoss(publisher: Publisher): number {
  const { dropped } = publisher.stats;
  const lost = dropped.events + dropped.updates + dropped.payloads;
  if (lost === 0) return 0;
  throw new SpantailError(
    'LOG_UNAVAILABLE',
    `not everything got through: ${dropped.events} events, ${dropped.updates} updates and ` +
      `${dropped.payloads} payloads were lost`,
  );
}

function addressOf(flag: string | undefined): string {
  if (flag !== undefined) return flag;
  return process.env['SPANTAIL_URL'] || `http://127.0.0.1:${DEFAULT_PORT}`;
}

/** An address that names nothing to publish to is wrong usage. */
function exporterTo(address: string): ReturnType<typeof createExporter> {
  try {
    return createExporter(address);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parseSpeed(text: string | undefined): Speed {
  if (text === 'max') return 'max';
  const speed = Number(text ?? 1);
  if (speed > 0 && speed <= 1_000_000) return speed;
  throw new UsageError(`--speed is a positive number or "max", not "${text}"`);
}
