import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const PROGRAMS = join(import.meta.dirname, '../../../examples/frameworks/src');

/** A program on a real framework, in a process of its own; killed when the test is over. */
export class FrameworkProgram {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #stdout = '';
  #stderr = '';
  #changed: () => void = () => {};

  /** @param file below `examples/frameworks/src` */
  constructor(file: string, args: string[], env: NodeJS.ProcessEnv) {
    this.#child = spawn(
      process.execPath,
      [
        '--no-deprecation',
        '--import',
        join(PROGRAMS, 'own-sources.ts'),
        join(PROGRAMS, file),
        ...args,
      ],
      // The test's own NODE_ENV turns some frameworks' tracing off.
      { stdio: 'pipe', env: { ...process.env, NODE_ENV: 'production', ...env } },
    );
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#stdout += chunk.toString();
      this.#changed();
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString();
    });
    this.#closed = once(this.#child, 'close').then(() => this.#changed());
    onTestFinished(async () => {
      this.#child.kill('SIGKILL');
      await this.#closed;
    });
  }

  /** Resolves when it waits for {@link goOn}. */
  async waits(): Promise<void> {
    while (!this.#stdout.includes('waiting\n')) {
      if (this.#child.exitCode !== null)
        throw new Error(`it ended before it waited: ${this.#stdout}${this.#stderr}`);
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  goOn(): void {
    this.#child.stdin?.write('\n');
  }

  /** When it has ended by itself, and well: what it printed. */
  async ended(): Promise<string> {
    await this.#closed;
    if (this.#child.exitCode !== 0)
      throw new Error(`exit code ${this.#child.exitCode}: ${this.#stdout}${this.#stderr}`);
    return this.#stdout;
  }

  /** The JSON that it printed last. */
  async told(): Promise<unknown> {
    const printed = await this.ended();
    return JSON.parse(printed.trim().split('\n').at(-1) ?? '') as unknown;
  }
}
