/**
 * An MCP client and server, watched live: one line at each end. The calls of the client and what the
 * server does for them are one run, here over a transport in memory, or between two machines.
 *
 *   npx spantail serve
 *   npx spantail watch --next    (in another terminal)
 *   npm run example mcp    (SPANTAIL_URL says where the gateway is)
 */
import { setTimeout } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { createTracer } from '@spantail/agent';
import { traceMcpTransport } from '@spantail/agent/mcp';
import { z } from 'zod';

const url = process.env['SPANTAIL_URL'] ?? 'http://127.0.0.1:7321';
const tracer = createTracer({ url, service: 'trip-planner' });
const serverTracer = createTracer({ url, service: 'weather-server' });
const [clientTransport, serverTransport] = InMemoryTransport.createLinkedPair();

const server = new McpServer({ name: 'weather', version: '1.0.0' });
server.registerTool('forecast', { inputSchema: { city: z.string() } }, async ({ city }, extra) => {
  // Below the client's call, in the same run.
  const text = await serverTracer.activeSpan?.step('ask the weather station', () =>
    setTimeout(800, `80 % rain in ${city}`),
  );
  const progressToken = extra._meta?.progressToken;
  if (progressToken !== undefined)
    await extra.sendNotification({
      method: 'notifications/progress',
      params: { progressToken, progress: 1, message: 'the station has answered' },
    });
  await setTimeout(500);
  return { content: [{ type: 'text', text: text ?? '' }] };
});
await server.connect(traceMcpTransport(serverTransport, { tracer: serverTracer }));

const client = new Client({ name: 'trip-planner', version: '1.0.0' });
await client.connect(traceMcpTransport(clientTransport, { tracer }));

await tracer.run('plan a trip', { input: 'Lisbon or Porto?' }, async (run) => {
  console.log(`watch it: npx spantail watch ${run.traceId}`);
  for (const city of ['Lisbon', 'Porto'])
    await client.callTool({ name: 'forecast', arguments: { city } }, undefined, {
      onprogress: () => {},
    });
  return 'Lisbon';
});
await client.close();
await Promise.all([tracer.shutdown(), serverTracer.shutdown()]);
