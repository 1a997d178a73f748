/**
 * An agent as people write it. Arguments: address; `shutdown` to await it in the end; how many steps
 * it has. Prints the trace when its own work is done, which nothing may hold up.
 */
import { createTracer } from '@spantail/agent';

const [url = '', ending = '', steps = '5'] = process.argv.slice(2);
const tracer = createTracer({
  url,
  service: 'plain',
  // Longer than anybody waits: an attempt that held the process would be seen.
  timeoutMs: 600_000,
  // Attempts come close together: anything they leave behind for a while would, with the next one,
  // hold the process for ever.
  random: () => 0.01,
});
await tracer.run('plain agent', { input: 'go' }, async (run) => {
  for (let i = 0; i < Number(steps); i++)
    await run.tool(`step ${i}`, { input: 'x'.repeat(2_000) }, async (span) => {
      span.append(`piece ${i} `);
      await new Promise((resolve) => setTimeout(resolve, 2));
    });
  console.log(run.traceId);
});
if (ending === 'shutdown') console.log(await tracer.shutdown({ timeoutMs: 60_000 }));
