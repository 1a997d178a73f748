/**
 * OTLP in: spans per CPU-second at 512 spans a request. First the reading alone, in this process: our
 * protobuf reader, a general protobuf library with what is needed to come to the same form, and JSON.
 * Then the whole way: a gateway in a process of its own, by HTTP into Redis.
 */
import { TraceRequest } from './support/otlp-proto.ts';
import { fromLibrary } from './support/otlp-from-library.ts';
import { makeOtlpRequest, type OtlpRequestBodies } from './support/otlp-requests.ts';
import { cpuSeconds } from './support/process-cpu.ts';
import { grouped, median } from './support/statistics.ts';
import { measurableLogs, startSubject, type LogKind } from './support/subject.ts';
import { readTracesJson } from '../../server/src/otlp/json/read-traces.ts';
import { readTracesProtobuf } from '../../server/src/otlp/protobuf/read-traces.ts';

const SPANS = 512;
const READ_ROUNDS = 60;
const SEND_ROUNDS = 3;
const REQUESTS = 120;
/** The first seconds of a gateway are a third slower, while its code is being compiled. */
const WARM_UP_REQUESTS = 120;
const AT_ONCE = 4;

export async function run(): Promise<void> {
  readAlone();
  for (const log of measurableLogs()) await wholeWay(log);
}

const READERS: Record<string, (bodies: OtlpRequestBodies) => number> = {
  'protobuf, ours': ({ protobuf }) => readTracesProtobuf(protobuf).spans.length,
  'protobuf, protobufjs': ({ protobuf }) => fromLibrary(TraceRequest.decode(protobuf)).length,
  JSON: ({ json }) => readTracesJson(JSON.parse(json.toString('utf8'))).spans.length,
};

function readAlone(): void {
  const bodies = makeOtlpRequest(SPANS);
  const figures = new Map<string, number[]>();
  for (let round = 0; round < READ_ROUNDS; round++)
    for (const [name, read] of Object.entries(READERS)) {
      const before = process.cpuUsage();
      let spans = 0;
      while (spans < 4 * SPANS) spans += read(bodies);
      const { user, system } = process.cpuUsage(before);
      figures.set(name, [...(figures.get(name) ?? []), spans / ((user + system) / 1e6)]);
    }
  const { protobuf, json } = bodies;
  console.log(
    `  reading: ${Math.round(protobuf.length / SPANS)} bytes a span in protobuf, ` +
      `${Math.round(json.length / SPANS)} in JSON`,
  );
  console.table(
    [...figures].map(([reader, list]) => ({ reader, 'spans/CPU-s': grouped(median(list)) })),
  );
}

async function wholeWay(log: LogKind): Promise<void> {
  const figures = new Map<string, { cpu: number[]; clock: number[] }>();
  for (let round = 0; round < SEND_ROUNDS; round++)
    for (const encoding of ['protobuf', 'json'] as const) {
      const { perCpuSecond, perSecond } = await send(log, encoding);
      const row = figures.get(encoding) ?? { cpu: [], clock: [] };
      figures.set(encoding, row);
      row.cpu.push(perCpuSecond);
      row.clock.push(perSecond);
    }
  console.table(
    [...figures].map(([encoding, { cpu, clock }]) => ({
      log,
      encoding,
      'spans per gateway CPU-s': grouped(median(cpu)),
      'spans/s': grouped(median(clock)),
    })),
  );
}

async function send(
  log: LogKind,
  encoding: 'protobuf' | 'json',
): Promise<{ perCpuSecond: number; perSecond: number }> {
  // The gateway alone: what the indexer does with the spans is measured elsewhere.
  await using subject = await startSubject(log, log === 'redis' ? GATEWAY_ONLY : NO_ARCHIVE);
  const { gateway } = subject;
  const post = async (bodies: OtlpRequestBodies[]): Promise<void> => {
    for (const body of bodies) {
      const response = await fetch(`${gateway.url}/v1/traces`, {
        method: 'POST',
        headers: {
          'content-type': encoding === 'json' ? 'application/json' : 'application/x-protobuf',
        },
        body: new Uint8Array(body[encoding]),
      });
      if (response.status !== 200) throw new Error(`the gateway answered ${response.status}`);
      await response.arrayBuffer();
    }
  };
  await post(Array.from({ length: WARM_UP_REQUESTS }, () => makeOtlpRequest(SPANS)));
  const shares = Array.from({ length: AT_ONCE }, () =>
    Array.from({ length: REQUESTS / AT_ONCE }, () => makeOtlpRequest(SPANS)),
  );
  const cpuBefore = cpuSeconds(gateway.pid);
  const beginMs = performance.now();
  await Promise.all(shares.map(post));
  const seconds = (performance.now() - beginMs) / 1_000;
  const spans = REQUESTS * SPANS;
  return {
    perCpuSecond: spans / (cpuSeconds(gateway.pid) - cpuBefore),
    perSecond: spans / seconds,
  };
}

const GATEWAY_ONLY = ['--role', 'gateway', '--archive', 'none'];
const NO_ARCHIVE = ['--archive', 'none'];
