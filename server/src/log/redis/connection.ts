import { setTimeout as pause } from 'node:timers/promises';
import { backoffMs, parseRedisUrl, type RedisAddress } from '@spantail/protocol';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { unavailable } from '../unavailable.ts';
import { slotOfPartition } from './slot.ts';

export type RedisClient = Redis | Cluster;

/** The connections to one Redis, or to the nodes of one cluster. */
export interface RedisConnection {
  /** For everything that does not subscribe. Commands fail at once while disconnected. */
  client: RedisClient;
  /** `host:port` of the node that has this partition now, if known. */
  nodeOf(partition: number): string | undefined;
  /** A connection of its own to a node, for subscriptions; not connected yet. */
  openLink(node: string): Redis;
  /** Called when `nodeOf` may answer differently. */
  onRoutes(listener: () => void): void;
  /** Asks the cluster again who has what. */
  refreshRoutes(): void;
}

export interface ConnectOptions {
  /** A command not answered within this fails. */
  commandTimeoutMs: number;
  /** How long to try before giving up at the start. */
  openTimeoutMs: number;
}

/**
 * Connects to a Redis of version 7.0 or newer, single or cluster; a plain URL that leads to a node
 * of a cluster is followed to the whole of it.
 *
 * @param check first thing on the connection; tried again with it when the connection breaks
 * @throws SpantailError LOG_UNAVAILABLE naming the server and what is wrong with it
 */
export async function connectRedis(
  url: string,
  options: ConnectOptions,
  check: (client: RedisClient) => Promise<void>,
): Promise<RedisConnection> {
  const address = parseRedisUrl(url);
  const deadlineMs = performance.now() + options.openTimeoutMs;
  for (let attempt = 0; ; attempt++) {
    try {
      const isCluster = await examine(address, options);
      const connection = (isCluster ? openCluster : openSingle)(address, options);
      await begin(connection.client, check);
      return connection;
    } catch (error) {
      const leftMs = deadlineMs - performance.now();
      if (!isTransient(error) || leftMs <= 0)
        throw unavailable(`cannot use ${names(address)}`, error);
      // Short waits: the time is short, too.
      const waitMs = 20 + backoffMs(attempt, Math.random(), { baseMs: 50, maxMs: 1_000 });
      await pause(Math.min(leftMs, waitMs));
    }
  }
}

/** A client that fails here is let go: it would go on connecting by itself. */
async function begin(
  client: RedisClient,
  check: (client: RedisClient) => Promise<void>,
): Promise<void> {
  try {
    await client.connect();
    await check(client);
  } catch (error) {
    client.disconnect();
    throw error;
  }
}

/** Checks the first node that answers; whether it belongs to a cluster of several nodes. */
async function examine(address: RedisAddress, options: ConnectOptions): Promise<boolean> {
  let failure: unknown;
  for (const node of address.nodes) {
    const redis = new Redis({ ...redisOptions(address, options), ...node, retryStrategy: null });
    redis.on('error', (error) => {
      failure = error;
    });
    try {
      await redis.connect();
      return await describeServer(redis, names(address));
    } catch (error) {
      // The connection's own error says more than "Connection is closed".
      failure ??= error;
    } finally {
      redis.disconnect();
    }
  }
  throw failure;
}

async function describeServer(redis: Redis, name: string): Promise<boolean> {
  const info = await redis.info('server');
  const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'unknown';
  // Sharded pub/sub came with 7.0.
  if (!(Number.parseInt(version, 10) >= 7))
    throw unavailable(`${name} is Redis ${version}; version 7.0 or newer is needed`);
  const cluster = await redis.info('cluster');
  if (!cluster.includes('cluster_enabled:1')) return false;
  // A node that never met another one does not know its own address: it is the whole cluster.
  const ranges = await redis.cluster('SLOTS');
  return ranges.some((range) => Array.isArray(range[2]) && Boolean(range[2][0]));
}

function openSingle(address: RedisAddress, options: ConnectOptions): RedisConnection {
  const [node] = address.nodes;
  const shared = { ...redisOptions(address, options), ...node };
  const client = new Redis({ ...shared, enableAutoPipelining: true });
  ignoreErrors(client);
  return {
    client,
    nodeOf: () => names(address),
    openLink: () => new Redis(shared),
    onRoutes: () => {},
    refreshRoutes: () => {},
  };
}

function openCluster(address: RedisAddress, options: ConnectOptions): RedisConnection {
  const shared = redisOptions(address, options);
  const client = new Cluster(address.nodes, {
    redisOptions: shared,
    lazyConnect: true,
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    clusterRetryStrategy: retryDelayMs,
    // A failover is waited for in short steps, so that a command fails within its time.
    maxRedirections: 8,
    retryDelayOnFailover: 100,
    retryDelayOnClusterDown: 100,
  });
  ignoreErrors(client);
  return {
    client,
    nodeOf: (partition) => client.slots[slotOfPartition(partition)]?.[0],
    openLink: (node) => {
      const colon = node.lastIndexOf(':');
      return new Redis({
        ...shared,
        host: node.slice(0, colon),
        port: Number(node.slice(colon + 1)),
      });
    },
    onRoutes: (listener) => {
      client.on('refresh', listener);
    },
    refreshRoutes: () => client.refreshSlotsCache(() => {}),
  };
}

function redisOptions(address: RedisAddress, { commandTimeoutMs }: ConnectOptions) {
  const { username, password, db, tls } = address;
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
    ...(db === 0 ? {} : { db }),
    lazyConnect: true,
    connectTimeout: commandTimeoutMs,
    commandTimeout: commandTimeoutMs,
    // A socket that is open and silent (paused server, cut cable) is given up, not waited for.
    socketTimeout: 2 * commandTimeoutMs,
    // What was in flight when the connection broke fails; the caller decides about sending it again.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    retryStrategy: retryDelayMs,
    // After a failover the old master answers READONLY: connect again to find the new one.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    connectionName: 'spantail',
  } satisfies RedisOptions;
}

function retryDelayMs(times: number): number {
  return 20 + backoffMs(times, Math.random(), { baseMs: 50, maxMs: 2_000 });
}

/** Faults show in the commands that fail; without a listener ioredis prints each one. */
function ignoreErrors(client: RedisClient): void {
  client.on('error', () => {});
}

/** Worth another attempt: the server may just be starting. */
function isTransient(error: unknown): boolean {
  const message = error instanceof Error ? error.message : '';
  return /ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|timed out|closed|writeable|max retries|LOADING|CLUSTERDOWN|startup nodes|slots cache/i.test(
    message,
  );
}

function names({ nodes }: RedisAddress): string {
  return nodes.map(({ host, port }) => `${host}:${port}`).join(',');
}
