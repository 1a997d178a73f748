/**
 * What agents on LangChain and LangGraph do, with the handler or (`ADAPTER=off`) without it: prints,
 * as JSON, all that they get. It waits for a line on standard input where the test wants to look.
 */
import { once } from 'node:events';
import { createTracer } from '@spantail/agent';
import spantail from '@spantail/agent/langchain';
import { SCENARIOS } from './scenarios.ts';

process.on('unhandledRejection', (error) => {
  console.error('unhandled', error);
  process.exitCode = 70;
});
const on = process.env['ADAPTER'] !== 'off';
const tracer = createTracer({ url: on ? process.env['SPANTAIL_URL'] : '', service: 'tested' });

const [name = ''] = process.argv.slice(2);
const scenario = SCENARIOS[name];
if (scenario === undefined) throw new Error(`no scenario ${name}`);
const told = await scenario({
  tracer,
  callbacks: on ? [spantail({ tracer })] : [],
  gate: async () => {
    process.stdout.write('waiting\n');
    await once(process.stdin, 'data');
  },
});
process.stdin.destroy();
process.stdout.write(`${JSON.stringify(told)}\n`);
if (process.env['SHUTDOWN'] !== 'none') await tracer.shutdown();
