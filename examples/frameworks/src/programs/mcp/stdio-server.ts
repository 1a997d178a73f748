/** The server in a process of its own, with a tracer of its own. */
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { createTracer } from '@spantail/agent';
import { traceMcpTransport } from '@spantail/agent/mcp';
import { weatherServer } from './server.ts';

const tracer = createTracer({ url: process.env['SPANTAIL_URL'], service: 'weather-server' });
const transport = new StdioServerTransport();
await weatherServer(tracer).connect(traceMcpTransport(transport, { tracer }));
process.stdin.once('end', () => void tracer.shutdown());
