import { SpantailError } from '@spantail/protocol';
import { HELP, VERSION } from './help.ts';
import { play } from './play.ts';
import { serve } from './serve.ts';
import { UsageError } from './usage-error.ts';
import { watch } from './watch.ts';

const COMMANDS: Record<string, (args: string[], signal: AbortSignal) => Promise<number>> = {
  serve,
  play,
  watch,
};

/**
 * Runs one command. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
 */
export async function main(argv: string[]): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const topic = name === 'help' ? args[0] : undefined;
    process.stdout.write(HELP[topic ?? ''] ?? HELP['']);
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-v' || name === 'version') {
    process.stdout.write(`spantail ${VERSION}\n`);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    process.stderr.write(`spantail: there is no command "${name}".\n\n${HELP['']}`);
    return 2;
  }
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP[name] ?? HELP['']);
    return 0;
  }
  // A reader that closes its end early (`| head`) is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  const { signal, interrupted } = stopSignal();
  try {
    const code = await command(args, signal);
    return interrupted() && code === 0 && name !== 'serve' ? 130 : code;
  } catch (error) {
    return report(name, error);
  }
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
  if (error instanceof UsageError || isParseArgsError(error)) {
    process.stderr.write(
      `spantail ${command}: ${error.message}\n\nSee: spantail help ${command}\n`,
    );
    return 2;
  }
  const code = error instanceof SpantailError ? ` (${error.code})` : '';
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`spantail ${command}: ${message}${code}\n`);
  if ((process.env['SPANTAIL_DEBUG'] ?? '') !== '' && error instanceof Error)
    process.stderr.write(`${error.stack ?? ''}\n`);
  return 1;
}

function isParseArgsError(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('ERR_PARSE_ARGS')
  );
}
