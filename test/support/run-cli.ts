import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const BIN = join(import.meta.dirname, '../../server/bin/spantail.js');

export interface CliResult {
  code: number | null;
  out: string;
  error: string;
}

export interface CliOptions {
  env?: Record<string, string>;
  /** Nobody reads the output: its end is closed before the command writes. */
  closeOutput?: boolean;
  /** Called with all output so far, each time there is more; may stop the command. */
  onOutput?: (out: string, stop: (signal: NodeJS.Signals) => void) => void;
}

/** Runs `spantail` as a user does, in a process of its own, until it ends. */
export function runCli(args: string[], options: CliOptions = {}): Promise<CliResult> {
  const { SPANTAIL_URL: _, NO_COLOR: __, FORCE_COLOR: ___, ...inherited } = process.env;
  const child = spawn(process.execPath, [BIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, ...options.env },
  });
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  });
  let out = '';
  let error = '';
  if (options.closeOutput === true) child.stdout.destroy();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    options.onOutput?.(out, (signal) => child.kill(signal));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    error += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, error }));
  });
}
