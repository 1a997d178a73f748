import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

const SOURCES = join(import.meta.dirname, '../../../examples/frameworks/src');

/** A program on a framework in a process of its own, killed when the test is over. */
export class AdapterRun {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #lines: string[] = [];
  #errors = '';
  #changed: () => void = () => {};

  /** @param file below `examples/frameworks/src` */
  constructor(file: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    const { NODE_ENV: _, ...inherited } = process.env;
    this.#child = spawn(
      process.execPath,
      ['--import', join(SOURCES, 'own-sources.ts'), join(SOURCES, file), ...args],
      // Some frameworks trace nothing in a process whose NODE_ENV is that of tests.
      { stdio: 'pipe', env: { ...inherited, NODE_NO_WARNINGS: '1', ...env } },
    );
    const { stdout, stderr } = this.#child;
    if (stdout === null || stderr === null) throw new Error('the program has no output');
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

  /** The JSON that it printed last, when it has ended by itself. */
  async told(): Promise<Record<string, unknown>> {
    return JSON.parse(await this.lastLine()) as Record<string, unknown>;
  }

  async lastLine(): Promise<string> {
    await this.#closed;
    if (this.#child.exitCode !== 0)
      throw new Error(`exit ${this.#child.exitCode}: ${this.#output}`);
    return this.#lines.at(-1) ?? '';
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
