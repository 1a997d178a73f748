import { onTestFinished } from 'vitest';
import { startGatewayProcess, type GatewayProcess } from '../gateway-process.ts';
import { startRedis, type RedisServer } from '../redis-server.ts';
import { TcpProxy } from '../tcp-proxy.ts';
import { temporaryDirectory } from '../temporary.ts';

/** Everything between an agent and a viewer, with a proxy in each link that can be cut. */
export interface LivePath {
  gateway: GatewayProcess;
  /** Absent on the embedded log. */
  redis: RedisServer | undefined;
  /** Where viewers connect. */
  viewerUrl: string;
  /** Where agents connect, each with the link it goes over. */
  agentUrls: string[];
  links: Record<string, TcpProxy>;
}

/** Real processes, gone when the test is over. */
export async function startLivePath(kind: 'redis' | 'embedded'): Promise<LivePath> {
  const links: Record<string, TcpProxy> = {};
  const link = async (name: string, port: () => number): Promise<number> => {
    const proxy = await TcpProxy.start(port);
    onTestFinished(() => proxy.close());
    links[name] = proxy;
    return proxy.port;
  };
  const redis = kind === 'redis' ? await startRedis() : undefined;
  if (redis !== undefined) onTestFinished(() => redis.stop());
  const log =
    redis === undefined
      ? ['--data', temporaryDirectory()]
      : ['--redis', `redis://127.0.0.1:${await link('gateway-redis', () => redis.port)}`];
  const gateway = await startGatewayProcess(log);
  onTestFinished(() => gateway.kill());
  const viewerPort = await link('viewer-gateway', () => gateway.port);
  const agentUrls = [`http://127.0.0.1:${await link('agent-gateway', () => gateway.port)}`];
  if (redis !== undefined)
    agentUrls.push(`redis://127.0.0.1:${await link('agent-redis', () => redis.port)}`);
  return { gateway, redis, viewerUrl: `http://127.0.0.1:${viewerPort}`, agentUrls, links };
}
