/** Traces a little and prints its result; nothing of ours may change either, or hold the process. */
import { SpantailSpanProcessor } from '@spantail/agent/otel';
import { providerOf } from './provider.ts';

process.on('unhandledRejection', (reason) => console.log(`unhandled: ${String(reason)}`));
const [major = '2', ending] = process.argv.slice(2);
const { tracer, forceFlush, shutdown } = providerOf(major, [new SpantailSpanProcessor()]);
let traceId = '';
const result = await tracer.startActiveSpan('work', async (span) => {
  traceId = span.spanContext().traceId;
  let sum = 0;
  for (let i = 0; i < 100; i++)
    sum += await tracer.startActiveSpan(`step ${i}`, async (step) => {
      await Promise.resolve();
      step.end();
      return i;
    });
  span.end();
  return sum;
});
// Left open, as programs do.
tracer.startSpan('never ended');
if (ending === 'flush') await forceFlush();
if (ending === 'shutdown') await shutdown();
console.log(`result ${result}`);
console.log(traceId);
