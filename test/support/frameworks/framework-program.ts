import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

const SOURCES = join(import.meta.dirname, '../../../examples/frameworks/src');

/**
 * A program on a real framework in a process of its own, killed when the test is over. It prints
 * lines, and may wait for the test after each.
 */
export class FrameworkProgram {
  readonly lines: string[] = [];
  /** All that it wrote to its standard error. */
  errors = '';
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #changed: () => void = () => {};

  /** @param file below `examples/frameworks/src` */
  constructor(file: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
    // Some frameworks trace nothing in a process whose NODE_ENV is that of tests.
    const { NODE_ENV: _, ...inherited } = process.env;
    this.#child = spawn(
      process.execPath,
      ['--import', join(SOURCES, 'own-sources.ts'), join(SOURCES, file), ...args],
      { stdio: 'pipe', env: { ...inherited, NODE_NO_WARNINGS: '1', ...env } },
    );
    const { stdin, stdout, stderr } = this.#child;
    if (stdout === null || stderr === null) throw new Error('the program has no output');
    // It may have ended by the time that it is told to go on.
    stdin?.on('error', () => {});
    createInterface({ input: stdout }).on('line', (line) => {
      this.lines.push(line);
      this.#changed();
    });
    stderr.on('data', (chunk: Buffer) => {
      this.errors += chunk.toString();
    });
    this.#closed = once(this.#child, 'close').then(() => this.#changed());
    onTestFinished(() => this.kill());
  }

  /** The line with this index, when it is printed. */
  async line(index: number): Promise<string> {
    return this.#until(() => this.lines[index]);
  }

  /** Resolves when it waits for the `count`th time. */
  async waits(count = 1): Promise<void> {
    await this.#until(() => this.lines.filter((line) => line === 'waiting')[count - 1]);
  }

  /** Lets it go on from where it waits. */
  go(): void {
    this.#child.stdin?.write('\n');
  }

  /** All that it printed, when it has ended by itself, and well. */
  async ended(): Promise<string> {
    await this.#closed;
    const { exitCode } = this.#child;
    if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${this.#output}`);
    return this.lines.join('\n');
  }

  /** The last line that it printed, when it has ended by itself, and well. */
  async said(): Promise<string> {
    await this.ended();
    return this.lines.at(-1) ?? '';
  }

  /** The JSON that it printed last. */
  async told(): Promise<unknown> {
    return JSON.parse(await this.said()) as unknown;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }

  async #until(found: () => string | undefined): Promise<string> {
    for (;;) {
      const line = found();
      if (line !== undefined) return line;
      const { exitCode, signalCode } = this.#child;
      if (exitCode !== null || signalCode !== null)
        throw new Error(`it ended before: ${this.#output}`);
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  get #output(): string {
    return `${this.lines.join('\n')}\n${this.errors}`;
  }
}
