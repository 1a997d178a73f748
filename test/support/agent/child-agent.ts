/**
 * An agent in a process of its own: goes on with the trace in its environment, and starts a further
 * process when it is told how many are left.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createTracer } from '@spantail/agent';

const [left = '0'] = process.argv.slice(2);
const tracer = createTracer({ url: process.env['SPANTAIL_URL'], service: `child-${left}` });
await tracer.run(`agent ${left}`, { parent: tracer.extract(process.env) }, async (run) => {
  await run.tool('work', () => 'done');
  if (left === '0') return;
  const environment: Record<string, string> = {};
  tracer.inject(environment, { names: 'environment' });
  const argv = ['--conditions=source', import.meta.filename, String(Number(left) - 1)];
  await promisify(execFile)(process.execPath, argv, { env: { ...process.env, ...environment } });
});
await tracer.shutdown();
