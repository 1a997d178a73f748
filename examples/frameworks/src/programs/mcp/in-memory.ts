/** Client and server in one process, `traced` or not; prints what the calls gave. */
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { createTracer } from '@spantail/agent';
import mcp from '@spantail/agent/mcp';
import { callAll, weatherClient } from './calls.ts';
import { weatherServer } from './server.ts';

const [how = 'traced'] = process.argv.slice(2);
process.on('unhandledRejection', (reason) => console.log(`unhandled: ${String(reason)}`));
const tracer = createTracer({ url: process.env['SPANTAIL_URL'] });
const far = createTracer({ url: process.env['SPANTAIL_URL'] });
const [near, other] = InMemoryTransport.createLinkedPair();
const traced = how !== 'plain';
if (traced) mcp({ tracer })(near);
if (traced && how !== 'client only') mcp({ tracer: far })(other);

await weatherServer(far).connect(other);
const client = weatherClient(tracer);
await client.connect(near);
const traceId = await tracer.run('agent', async (run) => {
  console.log(JSON.stringify(await callAll(client)));
  return run.traceId;
});
console.log(traceId);
// A call that nobody will answer any more.
const unanswered = tracer.run('cut off', async (run) => {
  console.log(run.traceId);
  await client.callTool({ name: 'hang', arguments: {} });
});
await client.close();
await unanswered.catch((error: unknown) => console.log(String(error)));
if (process.env['SHUTDOWN'] !== 'none') await Promise.all([tracer.shutdown(), far.shutdown()]);
