import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const LAUNCHER = join(import.meta.dirname, '../../server/bin/spantail.js');

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A `spantail` command as a user starts it; killed when the test is over and it still runs. */
export class Command {
  readonly process: ChildProcess;
  readonly ended: Promise<CommandResult>;
  stdout = '';
  stderr = '';
  #changed: () => void = () => {};

  constructor(args: string[], env: NodeJS.ProcessEnv = {}) {
    this.process = spawn(process.execPath, [LAUNCHER, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', ...env },
    });
    this.process.stdout?.on('data', (chunk: Buffer) => {
      this.stdout += chunk.toString();
      this.#changed();
    });
    this.process.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
      this.#changed();
    });
    this.ended = once(this.process, 'close').then(() => {
      this.#changed();
      return { code: this.process.exitCode, stdout: this.stdout, stderr: this.stderr };
    });
    onTestFinished(async () => {
      // The launcher's child notices that its launcher is gone.
      this.process.kill('SIGKILL');
      await this.ended;
    });
  }

  /** Resolves with the match as soon as the output has one. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.stdout + this.stderr);
      if (match !== null) return match;
      if (this.process.exitCode !== null)
        throw new Error(
          `ended with ${this.process.exitCode} before it printed ${pattern}: ${this.stdout}${this.stderr}`,
        );
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  async stop(signal: NodeJS.Signals): Promise<CommandResult> {
    this.process.kill(signal);
    return this.ended;
  }
}

/** Runs a command to its end. */
export function runCommand(args: string[], env?: NodeJS.ProcessEnv): Promise<CommandResult> {
  return new Command(args, env).ended;
}

/** `spantail serve` on a free port, listening. */
export async function serve(args: string[]): Promise<{ command: Command; url: string }> {
  // Without a data directory of its own, an archive would be the user's.
  const noArchive =
    args.includes('--redis') && !args.includes('--archive') ? ['--archive', 'none'] : [];
  const command = new Command(['serve', '--port', '0', ...noArchive, ...args]);
  const [, url = ''] = await command.prints(/listening on (http:\/\/\S+)/);
  return { command, url };
}
