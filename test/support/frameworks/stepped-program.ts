import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const PROGRAMS = join(import.meta.dirname, '../../../examples/frameworks/src');

/**
 * A program of examples/frameworks that prints lines, and may wait for the test after each; killed
 * when the test is over and it is not gone yet.
 */
export class SteppedProgram {
  readonly #child: ChildProcess;
  readonly lines: string[] = [];
  errors = '';
  #waiting: (() => void)[] = [];

  /** @param script below `examples/frameworks/src` */
  constructor(script: string, args: string[], env: NodeJS.ProcessEnv = {}) {
    this.#child = spawn(
      process.execPath,
      ['--import', join(PROGRAMS, 'own-sources.ts'), join(PROGRAMS, script), ...args],
      { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } },
    );
    const { stdout, stderr } = this.#child;
    if (stdout === null || stderr === null) throw new Error('the program has no output');
    createInterface({ input: stdout }).on('line', (line) => {
      this.lines.push(line);
      for (const tell of this.#waiting.splice(0)) tell();
    });
    stderr.on('data', (chunk: Buffer) => {
      this.errors += chunk.toString();
    });
    this.#child.once('exit', () => {
      for (const tell of this.#waiting.splice(0)) tell();
    });
    onTestFinished(() => this.kill());
  }

  /** The next line that it prints. */
  async line(index: number): Promise<string> {
    for (;;) {
      const line = this.lines[index];
      if (line !== undefined) return line;
      if (this.#isGone) throw new Error(`the program ended: ${this.errors}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Lets it go on from where it waits. */
  go(): void {
    this.#child.stdin?.write('\n');
  }

  /** Its exit code, when it has ended and all of its output is here. */
  async ended(): Promise<number | null> {
    if (!this.#isGone) await once(this.#child, 'close');
    return this.#child.exitCode;
  }

  async kill(): Promise<void> {
    if (this.#isGone) return;
    const gone = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await gone;
  }

  get #isGone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}
