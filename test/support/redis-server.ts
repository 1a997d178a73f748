import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RedisServerOptions {
  /** A cluster of this one node, which has all slots. Default: no cluster. */
  cluster?: boolean;
  /** Append-only file, so that data survives kill and restart. Default: nothing is kept. */
  aof?: boolean;
  /** Default: a free one. */
  port?: number;
  /** More configuration, as on redis-server's command line: `['--maxmemory', '1mb']`. */
  args?: string[];
}

/** A redis-server of the test's own, in a temporary directory. */
export interface RedisServer {
  url: string;
  port: number;
  pid: number;
  /** Ends it and removes its directory. */
  stop(): Promise<void>;
  /** SIGKILL; `restart` brings it back on the same port. */
  kill(): Promise<void>;
  /** Starts it again after `kill`; ends it properly first when it runs. */
  restart(): Promise<void>;
  /** SIGSTOP: connections stay open, nothing is answered. */
  pause(): void;
  resume(): void;
}

const START_TIMEOUT_MS = 15_000;
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * Starts `redis-server` from the PATH and waits until it answers.
 *
 * @throws Error that tells how to install it, or what it printed when it did not start
 */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  requireRedis();
  const directory = mkdtempSync(join(tmpdir(), 'spantail-redis-'));
  const port = options.port ?? (await freePort());
  const args = serverArguments(options, port, directory);
  let child = await launch(args, port);
  if (options.cluster === true) await formCluster(port);

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill(signal);
    await exited;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return child.pid ?? 0;
    },
    async stop() {
      await end('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGTERM');
      child = await launch(args, port);
      if (options.cluster === true) await clusterReady(port);
    },
    pause() {
      child.kill('SIGSTOP');
    },
    resume() {
      child.kill('SIGCONT');
    },
  };
}

/** Sends commands to a server on this machine, one after the other; the last one's reply, raw. */
export async function redisCommand(port: number, ...command: string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    const parts = command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
    socket.write(`*${command.length}\r\n${parts.join('')}`);
    const [reply] = (await once(socket, 'data')) as [Buffer];
    return reply.toString();
  } finally {
    socket.destroy();
  }
}

function requireRedis(): void {
  const found = spawnSync('redis-server', ['--version']);
  if (found.error !== undefined)
    throw new Error(
      'redis-server is not on the PATH: install it (Debian and Ubuntu: apt-get install redis-server; ' +
        'macOS: brew install redis), or run `npm test`, which says or does it',
    );
}

function serverArguments(options: RedisServerOptions, port: number, directory: string): string[] {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory];
  args.push('--save', '', '--appendonly', options.aof === true ? 'yes' : 'no');
  if (options.cluster === true)
    args.push('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1');
  return [...args, ...(options.args ?? [])];
}

async function launch(args: string[], port: number): Promise<ChildProcess> {
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-4_000);
    });
  const deadlineMs = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`redis-server ended at once:\n${printed}`);
    if (await answers(port)) return child;
    if (performance.now() > deadlineMs) {
      child.kill('SIGKILL');
      throw new Error(`redis-server did not answer within ${START_TIMEOUT_MS} ms:\n${printed}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await redisCommand(port, 'PING')).startsWith('+PONG');
  } catch {
    return false;
  }
}

async function formCluster(port: number): Promise<void> {
  await redisCommand(port, 'CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  await clusterReady(port);
}

async function clusterReady(port: number): Promise<void> {
  while (!(await redisCommand(port, 'CLUSTER', 'INFO')).includes('cluster_state:ok'))
    await new Promise((resolve) => setTimeout(resolve, 20));
}

async function freePort(): Promise<number> {
  // A cluster node also listens 10,000 ports higher.
  for (;;) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    if (port <= 55_535) return port;
  }
}
