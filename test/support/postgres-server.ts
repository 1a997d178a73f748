import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

export interface PostgresServerOptions {
  /** Whether commits wait for the disk. Default: no; what a SIGKILL leaves is safe without. */
  fsync?: boolean;
  /** More settings, as in postgresql.conf. */
  settings?: Record<string, string>;
}

/** A PostgreSQL of the test's own, in a temporary directory, without passwords, on loopback. */
export interface PostgresServer {
  port: number;
  pid: number;
  /** Address of a new, empty database. */
  createDatabase(): Promise<string>;
  /** Ends it and removes its directory. */
  stop(): Promise<void>;
  /** SIGKILL of the postmaster; `restart` brings it back on the same port. */
  kill(): Promise<void>;
  /** Starts it again after `kill`; ends it properly first when it runs. */
  restart(): Promise<void>;
}

interface Owner {
  uid?: number;
  gid?: number;
}

const START_TIMEOUT_MS = 30_000;
const running = new Set<ChildProcess>();
const directories = new Set<string>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGQUIT');
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/**
 * Makes a cluster and starts its server.
 *
 * @throws Error that tells how to install it, or what it printed when it did not start
 */
export async function startPostgres(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const bin = postgresBin();
  const owner = clusterOwner();
  const directory = mkdtempSync(join(tmpdir(), 'spantail-postgres-'));
  directories.add(directory);
  if (owner.uid !== undefined) chownSync(directory, owner.uid, owner.gid ?? owner.uid);
  const data = join(directory, 'data');
  await run(join(bin, 'initdb'), initArguments(data), owner);
  const port = await freePort();
  const args = serverArguments(options, port, data, directory);
  const postgres = join(bin, 'postgres');
  let child = await launch(postgres, args, port, owner);
  let databases = 0;

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  return {
    port,
    get pid() {
      return child.pid ?? 0;
    },
    async createDatabase() {
      const name = `test_${process.pid}_${++databases}`;
      const client = new Client({
        host: '127.0.0.1',
        port,
        user: 'spantail',
        database: 'postgres',
      });
      await client.connect();
      await client.query(`CREATE DATABASE ${name}`);
      await client.end();
      return `postgres://spantail@127.0.0.1:${port}/${name}`;
    },
    async stop() {
      // SIGQUIT: at once, without a checkpoint; its processes end with it.
      await end('SIGQUIT');
      rmSync(directory, { recursive: true, force: true });
      directories.delete(directory);
    },
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGINT');
      child = await launch(postgres, args, port, owner);
    },
  };
}

/** Where its programs are: the PATH, or where Debian keeps them, the newest version first. */
function postgresBin(): string {
  const onPath = (process.env.PATH ?? '').split(':').find((path) => hasServer(path));
  if (onPath !== undefined) return onPath;
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  for (const version of versions.toSorted((a, b) => Number(b) - Number(a)))
    if (hasServer(join(debian, version, 'bin'))) return join(debian, version, 'bin');
  throw new Error(
    'PostgreSQL is not on the PATH: install it (Debian and Ubuntu: apt-get install postgresql; ' +
      'macOS: brew install postgresql), or run `npm test`, which says or does it',
  );
}

function hasServer(path: string): boolean {
  return existsSync(join(path, 'initdb')) && existsSync(join(path, 'postgres'));
}

/** PostgreSQL refuses to run as root: then it runs as a user that may do nothing else. */
function clusterOwner(): Owner {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) =>
      Number.parseInt(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout, 10),
    );
    if (uid !== undefined && gid !== undefined && !Number.isNaN(uid)) return { uid, gid };
  }
  throw new Error('PostgreSQL does not run as root, and there is no user `postgres` or `nobody`');
}

function initArguments(data: string): string[] {
  const args = ['--pgdata', data, '--username', 'spantail', '--auth', 'trust'];
  return [...args, '--encoding', 'UTF8', '--locale', 'C', '--no-sync'];
}

function serverArguments(
  { fsync = false, settings = {} }: PostgresServerOptions,
  port: number,
  data: string,
  directory: string,
): string[] {
  const all = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: directory,
    fsync: fsync ? 'on' : 'off',
    synchronous_commit: fsync ? 'on' : 'off',
    full_page_writes: fsync ? 'on' : 'off',
    shared_buffers: '64MB',
    max_wal_size: '256MB',
    ...settings,
  };
  return ['-D', data, ...Object.entries(all).flatMap(([key, value]) => ['-c', `${key}=${value}`])];
}

/** Starts it, again and again while what a killed one left behind still ends. */
async function launch(
  command: string,
  args: string[],
  port: number,
  owner: Owner,
): Promise<ChildProcess> {
  const deadlineMs = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...owner, cwd: '/' });
    running.add(child);
    child.once('exit', () => running.delete(child));
    const printed = await firstWords(child, port, deadlineMs);
    if (printed === undefined) return child;
    if (!/pre-existing shared memory|lock file/.test(printed) || performance.now() > deadlineMs)
      throw new Error(`PostgreSQL did not start:\n${printed}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** `undefined`: it is ready. Otherwise what it printed before it ended. */
async function firstWords(
  child: ChildProcess,
  port: number,
  deadlineMs: number,
): Promise<string | undefined> {
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-4_000);
    });
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) return printed || 'nothing printed';
    // Its words, not its port alone: while it recovers it listens already, and refuses.
    if (printed.includes('ready to accept connections') && (await listens(port))) return undefined;
    if (performance.now() > deadlineMs) child.kill('SIGQUIT');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function run(command: string, args: string[], owner: Owner): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...owner, cwd: '/' });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${printed}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
