/**
 * An agent whose work takes long. Arguments: address, lease in milliseconds, what it does, how often.
 *
 * - `wait`: one model call that has begun to speak and is silent from then on, until SIGUSR2
 * - `silent`: so many runs side by side, each with a tool call of several leases
 * - `busy`: blocks its event loop for more than half a lease, again and again
 *
 * Prints each trace when its call has begun, then `tick` every lease, in the end `done` or what
 * went wrong with its publishing.
 */
import { createTracer } from '@spantail/agent';

const [url = '', lease = '', what = 'wait', count = '1'] = process.argv.slice(2);
const leaseMs = Number(lease);
const tracer = createTracer({ url, leaseMs, service: 'leased', onError: () => {} });
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
let ticking: NodeJS.Timeout | undefined;
const told = new Promise<void>((resolve) => {
  process.once('SIGUSR2', () => resolve());
});

async function run(work: () => Promise<void>): Promise<void> {
  await tracer.run('leased agent', async (root) => {
    await root.model('think', { input: 'a question' }, async (span) => {
      span.append('first words');
      await tracer.flush();
      console.log(root.traceId);
      ticking ??= setInterval(() => console.log('tick'), leaseMs);
      await work();
      span.append(', last words');
    });
  });
}

async function beBusy(): Promise<void> {
  for (let i = 0; i < Number(count); i++) {
    const untilMs = performance.now() + leaseMs * 0.62;
    while (performance.now() < untilMs);
    await pause(i % 2 === 0 ? 0 : leaseMs / 3);
  }
}

if (what === 'wait') await run(() => told);
else if (what === 'busy') await run(beBusy);
else await Promise.all(Array.from({ length: Number(count) }, () => run(() => pause(3 * leaseMs))));
clearInterval(ticking);
const delivered = await tracer.shutdown({ timeoutMs: 60_000 });
console.log(delivered ? 'done' : 'not delivered');
