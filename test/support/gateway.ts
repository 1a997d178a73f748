import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeEvent, type Blob, type TraceEvent } from '@spantail/protocol';
import {
  LeaseWatch,
  Indexer,
  openLog,
  startGateway,
  type EventLog,
  type Gateway,
  type GatewayOptions,
  type LeaseWatchOptions,
  type IndexerOptions,
} from 'spantail';
import { onTestFinished } from 'vitest';

export { eventually } from './eventually.ts';

export interface TestGateway {
  url: string;
  log: EventLog;
  gateway: Gateway;
  /** Appends events as one entry. */
  append(traceId: string, events: TraceEvent[], rest?: AppendRest): Promise<void>;
}

interface AppendRest {
  producer?: string;
  fin?: boolean;
  blobs?: Blob[];
}

export interface TestGatewayOptions extends Partial<Omit<GatewayOptions, 'log'>> {
  redis?: string;
  /** Absent: no indexer, so that runs do not end by themselves and are not recorded. */
  tracker?: Partial<IndexerOptions>;
  /** Absent: nobody looks for lapsed leases. */
  leases?: Partial<LeaseWatchOptions>;
  log?: EventLog;
}

/** A gateway on a log of its own, gone when the test is over. */
export async function startTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const { redis, tracker, leases, log: given, ...rest } = options;
  const directory = mkdtempSync(join(tmpdir(), 'spantail-test-'));
  const log = given ?? (await openLog(redis, redis === undefined ? directory : undefined, 600_000));
  const gateway = await startGateway({ log, port: 0, drainMs: 50, ...rest });
  const { archive } = rest;
  const record = archive === undefined ? {} : { archive };
  const indexing = tracker === undefined ? undefined : new Indexer({ log, ...record, ...tracker });
  indexing?.start();
  const watching = leases === undefined ? undefined : new LeaseWatch({ log, ...record, ...leases });
  watching?.start();
  onTestFinished(async () => {
    await gateway.close();
    await watching?.close();
    await indexing?.close();
    if (given === undefined) await log.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const numbers = new Map<string, number>();
  return {
    url: gateway.url,
    log,
    gateway,
    async append(traceId, events, { producer = 'test', fin = false, blobs = [] } = {}) {
      const key = `${producer}/${traceId}`;
      const number = (numbers.get(key) ?? 0) + 1;
      numbers.set(key, number);
      await log.append({
        project: 'default',
        streamId: traceId,
        producer,
        number,
        fin,
        events: events.map(encodeEvent),
        blobs,
        refs: [],
      });
    },
  };
}
