/**
 * Publishes a generated run, and prints after each flush how many events the log has answered for.
 * Arguments: address, seed, spans.
 */
import { Publisher, createExporter } from '@spantail/agent';
import { generateRun } from '../generate-run.ts';

const [url = '', seed = '1', spans = '10'] = process.argv.slice(2);
const publisher = new Publisher({ exporter: createExporter(url) });
const { traceId, events } = generateRun(Number(seed), { spans: Number(spans) });
for (const [i, event] of events.entries()) {
  publisher.publish(traceId, event);
  if (i % 5 !== 0) continue;
  const all = await publisher.flush();
  if (!all) throw new Error('a flush on a healthy log is in time');
  console.log(i + 1);
}
