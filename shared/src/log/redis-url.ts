import { SpantailError } from '../wire/errors.ts';

/** Where a Redis is, from its URL. */
export interface RedisAddress {
  /** One of a single server; any of a cluster. */
  nodes: { host: string; port: number }[];
  /** The URL says that it is a cluster. A plain URL may still lead to one. */
  cluster: boolean;
  tls: boolean;
  username?: string;
  password?: string;
  db: number;
}

const URL_SHAPE = /^(rediss?)(\+cluster)?:\/\/(?:([^@/]*)@)?([^@/?#]+)(?:\/(\d{0,4}))?$/;
const NODE_SHAPE = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/;

/**
 * `redis://[user:password@]host[:port][/db]`, `rediss://` for TLS, `redis+cluster://host:port,host:port`
 * naming some nodes of a cluster.
 *
 * @throws SpantailError LOG_UNAVAILABLE when it is none of these
 */
export function parseRedisUrl(url: string): RedisAddress {
  const match = URL_SHAPE.exec(url);
  if (match === null) throw malformed(url);
  const [, scheme, cluster, userInfo, hosts = '', db = ''] = match;
  const nodes = hosts.split(',').map((text) => {
    const [, host = '', port = '6379'] = NODE_SHAPE.exec(text) ?? [];
    if (host === '' || Number(port) > 65_535) throw malformed(url);
    return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
  });
  if (nodes.length > 1 && cluster === undefined) throw malformed(url);
  const address: RedisAddress = {
    nodes,
    cluster: cluster !== undefined,
    tls: scheme === 'rediss',
    db: Number(db || '0'),
  };
  if (userInfo !== undefined) {
    const [, username = '', password] = /^([^:]*)(?::(.*))?$/.exec(userInfo) ?? [];
    if (username !== '') address.username = decodeURIComponent(username);
    if (password !== undefined) address.password = decodeURIComponent(password);
  }
  return address;
}

function malformed(url: string): SpantailError {
  const shown = url.replace(/\/\/[^@/]*@/, '//***@').slice(0, 200);
  return new SpantailError(
    'LOG_UNAVAILABLE',
    `"${shown}" is not the address of a Redis; write redis://host:6379 or redis+cluster://host:6379,host:6379`,
  );
}
