import { createHash, randomBytes } from 'node:crypto';
import type { Blob } from '@spantail/protocol';
import type { AppendRequest, EventLog, LogEntry, StreamName, WorkItem } from 'spantail';

export interface OpenOptions {
  ttlMs?: number;
}

/** One implementation under test. */
export interface Harness {
  /** A log on an empty store; closed when the test is over. */
  open(options?: OpenOptions): Promise<EventLog>;
}

/** Registers one concept's rules for one implementation. */
export type Suite = (harness: Harness) => void;

export const WHOLE = { after: '0-0', maxEntries: 100_000, maxBytes: 1e9 };

/** A trace nobody else uses. */
export function newStream(project = 'default'): StreamName {
  return { project, streamId: randomBytes(16).toString('hex') };
}

/** A batch of one event of a few bytes, unless told otherwise. */
export function batchOf(
  stream: StreamName,
  number: number,
  rest: Partial<AppendRequest> = {},
): AppendRequest {
  return {
    ...stream,
    producer: 'p',
    number,
    fin: false,
    events: [Uint8Array.of(0x81, 0xa1, 0x6e, 0xcd, number >> 8, number & 0xff)],
    blobs: [],
    refs: [],
    ...rest,
  };
}

export function blobOf(bytes: Uint8Array): Blob {
  const hash = createHash('sha256').update(bytes).digest();
  return { ref: new Uint8Array(hash.subarray(0, 16)), bytes };
}

/** Appends batches `from`…`to`, one after the other; their positions. */
export async function appendMany(
  log: EventLog,
  stream: StreamName,
  from: number,
  to: number,
): Promise<string[]> {
  const positions: string[] = [];
  for (let number = from; number <= to; number++)
    positions.push((await log.append(batchOf(stream, number))).position);
  return positions;
}

export async function readAll(log: EventLog, stream: StreamName): Promise<LogEntry[]> {
  return log.read(stream, WHOLE);
}

export async function numbersIn(log: EventLog, stream: StreamName): Promise<number[]> {
  return (await readAll(log, stream)).map((entry) => entry.number);
}

/** Long enough for any queue to answer, too short for anything held to be taken over. */
export const NO_STEALING = { maxItems: 100, waitMs: 0, stealAfterMs: 600_000 };

/** Takes work until there is none; all of it. */
export async function takeAll(log: EventLog, consumer: string): Promise<WorkItem[]> {
  const items: WorkItem[] = [];
  for (;;) {
    const taken = await log.takeWork(consumer, NO_STEALING);
    if (taken.length === 0) return items;
    items.push(...taken);
  }
}

/** One call of each method. */
export function everyMethod(
  log: EventLog,
  stream: StreamName,
): Record<string, () => Promise<unknown>> {
  const blob = blobOf(Uint8Array.of(1));
  return {
    append: () => log.append(batchOf(stream, 1_000)),
    putBlobs: () => log.putBlobs(stream, [blob]),
    getBlobs: () => log.getBlobs(stream, [blob.ref]),
    tail: () => log.tail(stream),
    read: () => log.read(stream, WHOLE),
    readProven: () => log.readProven(stream, WHOLE),
    trim: () => log.trim(stream, '1-0'),
    expire: () => log.expire(stream, 1_000),
    renew: () => log.renew(stream, 'p', 1_000),
    lapsed: () => log.lapsed(10),
    entry: () => log.entry(stream, '1-0'),
    listen: () => log.listen(newStream(), () => {}),
    takeWork: () => log.takeWork('nobody', { ...NO_STEALING, waitMs: 60_000 }),
    acknowledge: () =>
      log.acknowledge([{ ...stream, id: `1-0 ${stream.project}:${stream.streamId} nobody` }]),
    probe: () => log.probe(60_000),
  };
}
