/**
 * What observing costs the agent: CPU and event-loop time of its process for one span, sending
 * included, with an input of a few words, of 20 KB, and with a conversation of 200 messages that is
 * sent again with each call; against the same loop without a tracer.
 */
import { createTracer } from '@spantail/agent';
import { setImmediate } from 'node:timers/promises';
import { median, round } from './support/statistics.ts';
import { measurableLogs, startSubject } from './support/subject.ts';

const ROUNDS = 5;
/** Spans between two flushes: little enough that nothing is dropped. */
const BURST = 50;

interface Load {
  name: string;
  spans: number;
  /** The input of the n-th call. */
  input: (n: number) => unknown;
}

const LOADS: Load[] = [
  { name: 'small span', spans: 3_000, input: (n) => ({ query: `number ${n}` }) },
  { name: '20 KB input, new each time', spans: 600, input: (n) => ({ page: `${n} ${PAGE}` }) },
  { name: '200 messages, one more each call', spans: 150, input: conversation },
];
const PAGE = 'Lorem ipsum dolor sit amet, "quoted" and so on.\n'.repeat(420);

const messages = Array.from({ length: 400 }, (_, i) => ({
  role: i % 2 === 0 ? 'user' : 'assistant',
  content: `message ${i}: ${'words and more words, then a line.\n'.repeat(28)}`,
}));

/** The 200 newest of an ever longer list, as an agent sends them. */
function conversation(n: number): unknown {
  return messages.slice(0, 200 + n);
}

interface Cost {
  cpuUs: number;
  loopUs: number;
}

export async function run(): Promise<void> {
  await using cleanup = new AsyncDisposableStack();
  const ways: { name: string; url: string | undefined }[] = [{ name: 'none', url: undefined }];
  for (const log of measurableLogs()) {
    const subject = cleanup.use(await startSubject(log));
    if (log === 'embedded') ways.push({ name: 'gateway', url: subject.gateway.url });
    else ways.push({ name: 'Redis', url: subject.redis?.url });
  }
  const rows: Record<string, string | number>[] = [];
  for (const load of LOADS) {
    const costs = new Map<string, Cost[]>(ways.map(({ name }) => [name, []]));
    // The first round only warms up.
    for (let round = 0; round <= ROUNDS; round++)
      for (const { name, url } of ways) {
        const cost = await measure(load, url);
        if (round > 0) costs.get(name)?.push(cost);
      }
    const of = (name: string, key: keyof Cost): number =>
      median(costs.get(name)?.map((cost) => cost[key]) ?? []);
    for (const { name, url } of ways)
      if (url !== undefined)
        rows.push({
          load: load.name,
          to: name,
          'CPU µs/span': round(of(name, 'cpuUs') - of('none', 'cpuUs'), 1),
          'event loop µs/span': round(of(name, 'loopUs') - of('none', 'loopUs'), 1),
          'without tracer µs': round(of('none', 'cpuUs'), 1),
        });
  }
  console.table(rows);
}

async function measure(load: Load, url: string | undefined): Promise<Cost> {
  const tracer = createTracer({ url });
  globalThis.gc?.();
  const cpuBefore = process.cpuUsage();
  const loopBefore = performance.eventLoopUtilization();
  await tracer.run('agent', async (run) => {
    for (let n = 0; n < load.spans; n++) {
      await run.model('chat', { input: load.input(n) }, () => setImmediate());
      if (n % BURST === BURST - 1) await tracer.flush();
    }
  });
  await tracer.flush();
  const { user, system } = process.cpuUsage(cpuBefore);
  const { active } = performance.eventLoopUtilization(loopBefore);
  const dropped = tracer.stats?.dropped;
  if (dropped !== undefined && dropped.events + dropped.updates + dropped.payloads > 0)
    throw new Error(`dropped: ${JSON.stringify(dropped)}`);
  await tracer.shutdown();
  return { cpuUs: (user + system) / load.spans, loopUs: (active * 1_000) / load.spans };
}
