/** Starts the server as a child, over standard input and output. */
import { join } from 'node:path';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { createTracer } from '@spantail/agent';
import { traceMcpTransport } from '@spantail/agent/mcp';
import { callAll, weatherClient } from './calls.ts';

const tracer = createTracer({ url: process.env['SPANTAIL_URL'], service: 'asker' });
const transport = new StdioClientTransport({
  command: process.execPath,
  args: [...process.execArgv, join(import.meta.dirname, 'stdio-server.ts')],
  env: { ...process.env } as Record<string, string>,
});
const client = weatherClient(tracer);
await client.connect(traceMcpTransport(transport, { tracer }));
const traceId = await tracer.run('agent', async (run) => {
  console.log(JSON.stringify(await callAll(client)));
  return run.traceId;
});
console.log(traceId);
await client.close();
await tracer.shutdown();
