/**
 * What an agent on the AI SDK does, with the adapter or (`ADAPTER=off`) without it: prints, as JSON,
 * all that it gets. It waits for a line on standard input where the test wants to look first.
 */
import { once } from 'node:events';
import { createTracer } from '@spantail/agent';
import spantail from '@spantail/agent/ai-sdk';
import { registerTelemetry } from 'ai';
import { SCENARIOS } from './scenarios.ts';

process.on('unhandledRejection', (error) => {
  console.error('unhandled', error);
  process.exitCode = 70;
});
// It would print that `generateObject` is going to leave.
globalThis.AI_SDK_LOG_WARNINGS = false;
const on = process.env['ADAPTER'] !== 'off';
const tracer = createTracer({ url: on ? process.env['SPANTAIL_URL'] : '', service: 'tested' });
if (on) registerTelemetry(spantail({ tracer }));

const [name = ''] = process.argv.slice(2);
const scenario = SCENARIOS[name];
if (scenario === undefined) throw new Error(`no scenario ${name}`);
const told = await scenario({
  tracer,
  gate: async () => {
    process.stdout.write('waiting\n');
    await once(process.stdin, 'data');
  },
});
process.stdin.destroy();
process.stdout.write(`${JSON.stringify(told)}\n`);
if (process.env['SHUTDOWN'] !== 'none') await tracer.shutdown();
