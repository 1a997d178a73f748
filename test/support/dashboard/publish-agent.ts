import { buildPayload, type TraceEvent } from '@spantail/protocol';
import { hashBlob } from '../codec/hash-blob.ts';
import { startTestGateway, type TestGateway } from '../gateway.ts';
import { MemoryArchive } from '../memory-archive.ts';
import { spanId, traceId } from '../query/sample-runs.ts';

const START_US = 1_795_694_400_000_000;

export const gatewayWithRecord = (): Promise<TestGateway> =>
  startTestGateway({ archive: new MemoryArchive(), tracker: { graceMs: 5 } });

export interface AgentOptions {
  tools?: string[];
  /** It is over. */
  end?: boolean;
  failed?: boolean;
  asked?: string;
  session?: string;
}

/** A run of an agent and some tools. */
export async function publishAgent(
  gateway: TestGateway,
  n: number,
  { tools = ['search'], end = true, failed = false, asked, session }: AgentOptions = {},
): Promise<void> {
  const startUs = START_US + n * 1_000_000;
  const open = (id: number, name: string, type: 'agent' | 'tool', parent?: number): TraceEvent => ({
    type: 'open',
    spanId: spanId(id),
    ...(parent === undefined ? {} : { parentSpanId: spanId(parent) }),
    name,
    spanType: type,
    startUs: startUs + id * 1_000,
  });
  const close = (id: number, status: 'ok' | 'error' = 'ok'): TraceEvent => ({
    type: 'close',
    spanId: spanId(id),
    endUs: startUs + 500_000 + id * 1_000,
    status,
  });
  const root: TraceEvent = {
    ...open(1, `run ${n}`, 'agent'),
    ...(asked === undefined ? {} : { input: buildPayload(asked, hashBlob).payload }),
    ...(session === undefined ? {} : { attributes: { 'session.id': session } }),
  };
  const events = [
    root,
    ...tools.flatMap((name, i) => [open(i + 2, name, 'tool', 1), ...(end ? [close(i + 2)] : [])]),
    ...(end ? [close(1, failed ? 'error' : 'ok')] : []),
  ];
  await gateway.append(traceId(n), events, { fin: end });
}
