import { Redis } from 'ioredis';
import { eventually } from './gateway.ts';
import { startRedis, type RedisServer } from './redis-server.ts';

/** Three masters that share the slots, and one replica of the first. */
export interface RedisCluster {
  masters: RedisServer[];
  replica: RedisServer;
  /** A plain connection to one node. */
  client(node: RedisServer): Redis;
  idOf(node: RedisServer): Promise<string>;
  /** Moves a slot with its keys from one master to another. */
  moveSlot(slot: number, from: RedisServer, to: RedisServer): Promise<void>;
  stop(): Promise<void>;
}

const SLOTS = 16_384;
const ARGS = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'];
const NODE_TIMEOUT_MS = 1_000;

export async function startRedisCluster(): Promise<RedisCluster> {
  const args = [...ARGS, '--cluster-node-timeout', String(NODE_TIMEOUT_MS)];
  const nodes: RedisServer[] = [];
  const clients = new Map<RedisServer, Redis>();
  for (let i = 0; i < 4; i++) nodes.push(await startRedis({ args }));
  const client = (node: RedisServer): Redis => {
    const known = clients.get(node);
    if (known !== undefined) return known;
    const redis = new Redis({ port: node.port });
    redis.on('error', () => {});
    clients.set(node, redis);
    return redis;
  };
  const idOf = (node: RedisServer): Promise<string> => client(node).cluster('MYID');
  const masters = nodes.slice(0, 3);
  const [first, , , replica] = nodes;
  if (first === undefined || replica === undefined) throw new Error('four nodes');

  for (const node of nodes.slice(1)) await client(first).cluster('MEET', '127.0.0.1', node.port);
  for (const [i, node] of masters.entries()) {
    const [from, to] = [i, i + 1].map((part) => Math.floor((part * SLOTS) / 3));
    await client(node).call('CLUSTER', 'ADDSLOTSRANGE', String(from), String((to ?? 0) - 1));
  }
  const knows = async (node: RedisServer, what: RegExp): Promise<boolean> =>
    what.test(await client(node).cluster('INFO'));
  for (const node of nodes)
    await eventually(() => knows(node, /cluster_known_nodes:4/), 'the nodes have met');
  const firstId = await idOf(first);
  await client(replica).cluster('REPLICATE', firstId);
  for (const node of nodes)
    await eventually(() => knows(node, /cluster_state:ok/), 'the cluster is formed');
  await eventually(
    async () => (await client(replica).info('replication')).includes('master_link_status:up'),
    'the replica follows',
  );

  return {
    masters,
    replica,
    client,
    idOf,
    async moveSlot(slot, from, to) {
      const [fromId, toId] = await Promise.all([idOf(from), idOf(to)]);
      await client(to).cluster('SETSLOT', slot, 'IMPORTING', fromId);
      await client(from).cluster('SETSLOT', slot, 'MIGRATING', toId);
      for (;;) {
        const keys = await client(from).cluster('GETKEYSINSLOT', slot, 100);
        if (keys.length === 0) break;
        for (const key of keys)
          await client(from).call('MIGRATE', '127.0.0.1', String(to.port), key, '0', '5000');
      }
      for (const node of [to, from, ...masters.filter((m) => m !== to && m !== from)])
        await client(node).cluster('SETSLOT', slot, 'NODE', toId);
    },
    async stop() {
      for (const redis of clients.values()) redis.disconnect();
      for (const node of nodes) await node.stop();
    },
  };
}
