import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** An agent in a process of its own, killed when the test is over and it is not gone yet. */
export class AgentProcess {
  readonly #child: ChildProcess;
  /** Lines it printed. */
  readonly lines: string[] = [];
  #errors = '';
  #waiting: (() => void)[] = [];

  /** @param script a file of this folder */
  constructor(script: string, args: string[]) {
    this.#child = spawn(
      process.execPath,
      ['--conditions=source', join(import.meta.dirname, script), ...args],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const { stdout, stderr } = this.#child;
    if (stdout === null || stderr === null) throw new Error('the agent has no output');
    createInterface({ input: stdout }).on('line', (line) => {
      this.lines.push(line);
      for (const tell of this.#waiting.splice(0)) tell();
    });
    stderr.on('data', (chunk: Buffer) => {
      this.#errors += chunk.toString();
    });
    this.#child.once('exit', () => {
      for (const tell of this.#waiting.splice(0)) tell();
    });
    onTestFinished(() => this.kill());
  }

  get errors(): string {
    return this.#errors;
  }

  get isGone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Resolves when it has printed so many lines. */
  async printed(count: number): Promise<void> {
    while (this.lines.length < count) {
      if (this.isGone) throw new Error(`the agent ended: ${this.#errors}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Its exit code, when it has ended and all of its output is here. */
  async ended(): Promise<number | null> {
    if (!this.isGone) await once(this.#child, 'close');
    return this.#child.exitCode;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Resolves when it has printed a line like this, or so many of them. */
  async said(line: string, times = 1): Promise<void> {
    while (this.lines.filter((one) => one === line).length < times)
      await this.printed(this.lines.length + 1);
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    if (this.isGone) return;
    const gone = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await gone;
  }
}
