import { PARTITIONS, PARTITIONS_KEY, SpantailError, type RedisAddress } from '@spantail/protocol';
import type { Cluster, Redis, RedisOptions } from 'ioredis';

export type RedisClient = Redis | Cluster;

/**
 * Connects once: to a single server, or to the whole cluster that the address belongs to. Nothing
 * tries again by itself, and no socket keeps the process alive.
 *
 * @throws SpantailError LOG_UNAVAILABLE when the server is too old or holds another kind of log
 */
export async function connectRedis(address: RedisAddress, timeoutMs: number): Promise<RedisClient> {
  // Loaded when it is needed: most agents publish through a gateway.
  const { Cluster, Redis } = await import('ioredis');
  const options = optionsOf(address, timeoutMs);
  let failure: unknown;
  for (const node of address.nodes) {
    const redis = new Redis({ ...options, ...node });
    redis.on('error', (error) => {
      failure = error;
    });
    release(redis);
    try {
      await redis.connect();
      const isCluster = await belongsToCluster(redis);
      const client = isCluster ? await openCluster(Cluster, address, options) : redis;
      if (isCluster) redis.disconnect();
      await checkPartitions(client);
      return client;
    } catch (error) {
      redis.disconnect();
      if (error instanceof SpantailError) throw error;
      // The connection's own error says more than "Connection is closed".
      failure ??= error;
    }
  }
  throw failure;
}

function optionsOf(address: RedisAddress, timeoutMs: number) {
  const { username, password, db, tls } = address;
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
    ...(db === 0 ? {} : { db }),
    lazyConnect: true,
    connectTimeout: timeoutMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: () => null,
    // ioredis waits this long for a socket to close, with a timer that holds the process, also for
    // one that never opened. Whoever disconnects here has had all its answers, or wants no more.
    disconnectTimeout: 0,
    connectionName: 'spantail-agent',
  } satisfies RedisOptions;
}

async function belongsToCluster(redis: Redis): Promise<boolean> {
  const info = await redis.info('server');
  const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'unknown';
  if (!(Number.parseInt(version, 10) >= 7))
    throw new SpantailError(
      'LOG_UNAVAILABLE',
      `this is Redis ${version}; version 7.0 or newer is needed`,
    );
  if (!(await redis.info('cluster')).includes('cluster_enabled:1')) return false;
  // A node that never met another one does not know its own address: it is the whole cluster.
  const ranges = await redis.cluster('SLOTS');
  return ranges.some((range) => Array.isArray(range[2]) && Boolean(range[2][0]));
}

async function openCluster(
  ClusterClient: typeof Cluster,
  address: RedisAddress,
  options: ReturnType<typeof optionsOf>,
): Promise<Cluster> {
  const cluster = new ClusterClient(address.nodes, {
    redisOptions: options,
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: () => null,
    maxRedirections: 4,
    retryDelayOnFailover: 50,
    retryDelayOnClusterDown: 50,
  });
  cluster.on('error', () => {});
  cluster.on('+node', release);
  await cluster.connect();
  for (const node of cluster.nodes()) release(node);
  return cluster;
}

async function checkPartitions(client: RedisClient): Promise<void> {
  await client.setnx(PARTITIONS_KEY, PARTITIONS);
  const stored = await client.get(PARTITIONS_KEY);
  if (stored !== String(PARTITIONS))
    throw new SpantailError(
      'LOG_UNAVAILABLE',
      `this Redis holds a log of ${stored} partitions, this version works with ${PARTITIONS}`,
    );
}

/** Takes the socket's hold on the process away, now and whenever it connects. */
function release(redis: Redis): void {
  const unref = (): void => {
    const { stream } = redis as { stream?: { unref?: () => void } };
    stream?.unref?.();
  };
  unref();
  redis.on('connect', unref);
}
