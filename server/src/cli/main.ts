import { QueryError, SpantailError } from '@spantail/protocol';
import { HELP, VERSION } from './help.ts';
import { UsageError } from './usage-error.ts';

type Command = (args: string[], signal: AbortSignal) => Promise<number>;

/** Loaded when called: help, or a wrong flag, needs neither a gateway nor a Redis client. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  serve: async () => (await import('./serve.ts')).serve,
  play: async () => (await import('./play.ts')).play,
  watch: async () => (await import('./watch.ts')).watch,
  runs: async () => asking((await import('./query/runs.ts')).runs),
  show: async () => asking((await import('./query/show.ts')).show),
  spans: async () => asking((await import('./query/spans.ts')).spans),
  path: async () => asking((await import('./query/path.ts')).path),
  stats: async () => asking((await import('./query/stats.ts')).stats),
  export: async () => (await import('./export.ts')).exportRun,
  import: async () => (await import('./import.ts')).importRuns,
};

/**
 * Runs one command. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
 */
export async function main(argv: string[]): Promise<number> {
  const [name, ...args] = argv;
  // A reader that closes its end early (`| head`) is no fault, and what else goes on is not its
  // business: a gateway serves, a run is played or imported to its end. All others are for the
  // reader.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (!['serve', 'play', 'import'].includes(name ?? '')) process.exit(0);
  });
  if (name === undefined) {
    process.stderr.write(HELP['']);
    return 2;
  }
  if (name === 'help' || name === '--help' || name === '-h') return help(args[0] ?? '');
  if (name === '--version' || name === '-v' || name === 'version') {
    process.stdout.write(`spantail ${VERSION}\n`);
    return 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) return unknownCommand(name);
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP[name] ?? HELP['']);
    return 0;
  }
  const { signal, interrupted } = stopSignal();
  try {
    const command = await load();
    const code = await command(args, signal);
    return interrupted() && code === 0 && name !== 'serve' ? 130 : code;
  } catch (error) {
    return report(name, error);
  }
}

/** A command that only asks: what an interrupt cuts off is no failure of its own. */
function asking(command: Command): Command {
  return async (args, signal) => {
    try {
      return await command(args, signal);
    } catch (error) {
      if (signal.aborted) return 0;
      if (error instanceof SpantailError && error.code === 'LOG_UNAVAILABLE')
        throw new SpantailError(error.code, `${error.message}; start one with: spantail serve`);
      throw error;
    }
  };
}

function help(topic: string): number {
  const text = Object.hasOwn(HELP, topic) ? HELP[topic] : undefined;
  if (text === undefined) return unknownCommand(topic);
  process.stdout.write(text);
  return 0;
}

function unknownCommand(name: string): number {
  process.stderr.write(`spantail: there is no command "${name}".\n\n${HELP['']}`);
  return 2;
}

/** Aborts at the first SIGINT, SIGTERM or SIGHUP, or when the launcher is gone; a second one ends at once. */
function stopSignal(): { signal: AbortSignal; interrupted: () => boolean } {
  const controller = new AbortController();
  let interrupted = false;
  const stop = (name: string): void => {
    if (controller.signal.aborted) process.exit(130);
    interrupted = name === 'SIGINT';
    controller.abort(new Error(`stopped by ${name}`));
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop(name));
  if (process.env['SPANTAIL_LAUNCHER'] === '1') {
    process.on('disconnect', () => {
      if (!controller.signal.aborted) stop('the launcher');
    });
    process.channel?.unref();
  }
  return { signal: controller.signal, interrupted: () => interrupted };
}

function report(command: string, error: unknown): number {
  if (error instanceof UsageError || error instanceof QueryError || isParseArgsError(error)) {
    // Node's parser adds a sentence about positional arguments, which is right once in a thousand.
    const [problem] = error.message.split('. To specify a positional');
    process.stderr.write(`spantail ${command}: ${problem}\n\nSee: spantail help ${command}\n`);
    return 2;
  }
  const code = error instanceof SpantailError && !LOCAL.has(error.code) ? ` (${error.code})` : '';
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`spantail ${command}: ${message}${code}\n`);
  if ((process.env['SPANTAIL_DEBUG'] ?? '') !== '' && error instanceof Error)
    process.stderr.write(`${error.stack ?? ''}\n`);
  return 1;
}

/** Codes that also stand for trouble with a file, where the message says it all. */
const LOCAL: ReadonlySet<string> = new Set(['BAD_MESSAGE', 'NOT_FOUND', 'TOO_LARGE', 'INTERNAL']);

function isParseArgsError(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('ERR_PARSE_ARGS')
  );
}
