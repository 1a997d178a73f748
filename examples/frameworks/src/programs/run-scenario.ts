import { once } from 'node:events';
import { createTracer, type Tracer } from '@spantail/agent';

/** What every scenario of a program gets. */
export interface Stage {
  tracer: Tracer;
  /** Waits for a line from the test, which looks first. */
  gate: () => Promise<void>;
}

/**
 * Runs the scenario that the program's argument names, with the adapter or (`ADAPTER=off`) without it,
 * and prints, as JSON, what it gets.
 *
 * @param rest what its scenarios need besides, where the adapter is on or off
 */
export async function runScenario<Rest extends object>(
  scenarios: Readonly<Record<string, (surroundings: Stage & Rest) => Promise<unknown>>>,
  rest: (tracer: Tracer, isOn: boolean) => Rest,
): Promise<void> {
  process.on('unhandledRejection', (error) => {
    console.error('unhandled', error);
    process.exitCode = 70;
  });
  const isOn = process.env['ADAPTER'] !== 'off';
  const tracer = createTracer({ url: isOn ? process.env['SPANTAIL_URL'] : '', service: 'tested' });
  const [name = ''] = process.argv.slice(2);
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  const gate = async (): Promise<void> => {
    process.stdout.write('waiting\n');
    await once(process.stdin, 'data');
  };
  const told = await scenario({ tracer, gate, ...rest(tracer, isOn) });
  process.stdin.destroy();
  process.stdout.write(`${JSON.stringify(told)}\n`);
  if (process.env['SHUTDOWN'] !== 'none') await tracer.shutdown();
}
