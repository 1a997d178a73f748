import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

const SOURCES = join(import.meta.dirname, '../../../examples/frameworks/src');

/** A program on a real framework in a process of its own, killed when the test is over. */
export class Program {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #lines: string[] = [];
  #errors = '';
  #changed: () => void = () => {};

  /** @param file below `examples/frameworks/src` */
  constructor(file: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    // Some frameworks trace nothing in a process whose NODE_ENV is that of tests.
    const { NODE_ENV: _, ...inherited } = process.env;
    this.#child = spawn(
      process.execPath,
      ['--import', join(SOURCES, 'own-sources.ts'), join(SOURCES, file), ...args],
      { stdio: 'pipe', env: { ...inherited, NODE_NO_WARNINGS: '1', ...env } },
    );
    const { stdout, stderr } = this.#child;
    if (stdout === null || stderr === null) throw new Error('the program has no output');
    // It may have ended by the time that it is told to go on.
    this.#child.stdin?.on('error', () => {});
    createInterface({ input: stdout }).on('line', (line) => {
      this.#lines.push(line);
      this.#changed();
    });
    stderr.on('data', (chunk: Buffer) => {
      this.#errors += chunk.toString();
    });
    this.#closed = once(this.#child, 'close').then(() => this.#changed());
    onTestFinished(async () => {
      this.#child.kill('SIGKILL');
      await this.#closed;
    });
  }

  /** Resolves when it waits for the `count`th time. */
  async waits(count = 1): Promise<void> {
    while (this.#lines.filter((line) => line === 'waiting').length < count) {
      if (this.#child.exitCode !== null) throw new Error(`it ended before: ${this.#output}`);
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  go(): void {
    this.#child.stdin?.write('\n');
  }

  /** The last line that it printed, when it has ended by itself, and well. */
  async said(): Promise<string> {
    await this.#closed;
    if (this.#child.exitCode !== 0)
      throw new Error(`exit ${this.#child.exitCode}: ${this.#output}`);
    return this.#lines.at(-1) ?? '';
  }

  /** The JSON that it printed last. */
  async told(): Promise<unknown> {
    return JSON.parse(await this.said()) as unknown;
  }

  get #output(): string {
    return this.#lines.join('\n') + this.#errors;
  }
}

/** Where nobody listens. */
export async function nobody(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
