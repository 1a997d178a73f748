import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

export interface GatewayProcess {
  url: string;
  port: number;
  readonly pid: number;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Starts again on the same port with the same arguments. */
  restart(): Promise<void>;
}

/** `spantail serve` as a process of its own, ready when it resolves. Stop it in the end. */
export async function startGatewayProcess(args: string[], port = 0): Promise<GatewayProcess> {
  let child = await start(args, port);
  const listening = child.port;
  return {
    url: `http://127.0.0.1:${listening}`,
    port: listening,
    get pid() {
      return child.process.pid ?? 0;
    },
    async kill() {
      if (child.process.exitCode !== null || child.process.signalCode !== null) return;
      const gone = once(child.process, 'exit');
      child.process.kill('SIGKILL');
      await gone;
    },
    async stop() {
      if (child.process.exitCode !== null || child.process.signalCode !== null)
        return child.process.exitCode;
      const gone = once(child.process, 'exit');
      child.process.kill('SIGTERM');
      await gone;
      return child.process.exitCode;
    },
    async restart() {
      child = await start(args, listening);
    },
  };
}

async function start(
  args: string[],
  port: number,
): Promise<{ process: ChildProcess; port: number }> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=source',
      join(ROOT, 'server/src/cli.ts'),
      'serve',
      '--port',
      `${port}`,
      // A file has one user, and several gateways share a Redis.
      ...(args.includes('--redis') && !args.includes('--archive') ? ['--archive', 'none'] : []),
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const reap = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', reap);
  child.once('exit', () => process.off('exit', reap));
  let output = '';
  const listening = await new Promise<number>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const match = /listening on http:\/\/[^:]+:(\d+)/.exec(output);
      if (match !== null) resolve(Number(match[1]));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${output}`)));
  });
  return { process: child, port: listening };
}
