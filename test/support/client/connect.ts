import { createClient, type Client, type ClientOptions } from '@spantail/client';
import { onTestFinished } from 'vitest';
import { TcpProxy } from '../tcp-proxy.ts';

/** A client of this gateway, closed when the test is over. */
export function connect(gateway: { url: string }, options: Partial<ClientOptions> = {}): Client {
  const client = createClient({ url: gateway.url, ...options });
  onTestFinished(() => client.close());
  return client;
}

/** The same over a proxy, which counts its sockets and can cut them. */
export async function connectThrough(
  gateway: { url: string },
  options: Partial<ClientOptions> = {},
): Promise<{ client: Client; proxy: TcpProxy }> {
  const target = Number(new URL(gateway.url).port);
  const proxy = await TcpProxy.start(() => target);
  onTestFinished(() => proxy.close());
  const client = connect({ url: `http://127.0.0.1:${proxy.port}` }, options);
  return { client, proxy };
}
