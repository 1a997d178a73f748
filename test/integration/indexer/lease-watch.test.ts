import { SpantailError, decodeEvent, decodeEventArray, encodeEvent } from '@spantail/protocol';
import {
  LeaseWatch,
  openLog,
  type EventLog,
  type LeaseWatchOptions,
  type StreamName,
} from 'spantail';
import { describe, expect, it, onTestFinished } from 'vitest';
import { open, spanId } from '../../support/agent/make-publisher.ts';
import { eventually } from '../../support/eventually.ts';
import { generateRun } from '../../support/generate-run.ts';
import { ObservedLog } from '../../support/observed-log.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const WHOLE = { after: '0-0', maxEntries: 100_000, maxBytes: 1e9 };

async function observedLog(): Promise<ObservedLog> {
  const log = await openLog(undefined, temporaryDirectory(), 600_000);
  onTestFinished(() => log.close());
  return new ObservedLog(log);
}

/** Judges at once, for leases of nearly nothing. */
function watch(log: EventLog, options: Partial<LeaseWatchOptions> = {}): LeaseWatch {
  const leases = new LeaseWatch({ log, everyMs: 5, mostGapMs: 60_000, settleMs: 0, ...options });
  onTestFinished(() => leases.close());
  leases.start();
  return leases;
}

/** A run whose producer has opened spans and is not heard of any more. */
async function deadRun(log: EventLog, spans: number, seed = 1): Promise<StreamName> {
  const stream = { project: 'default', streamId: generateRun(9_000 + seed).traceId };
  await log.append({
    ...stream,
    producer: 'p',
    number: 1,
    fin: false,
    leaseMs: 1,
    events: Array.from({ length: spans }, (_, i) => encodeEvent(open(i))),
    blobs: [],
    refs: [],
  });
  return stream;
}

async function producersIn(log: EventLog, stream: StreamName): Promise<string[]> {
  return (await log.read(stream, WHOLE)).map(({ producer }) => producer);
}

async function waitForLost(log: EventLog, stream: StreamName): Promise<void> {
  await eventually(
    async () => (await producersIn(log, stream)).includes('lost:p'),
    'the producer is called lost',
  );
}

describe('the watch over leases', () => {
  it('[LE4] closes all that is open in one entry, which tells when its producer was heard of', async () => {
    const { log } = await observedLog();
    const stream = await deadRun(log, 2_500);
    await eventually(async () => (await log.lapsed(10)).length === 1, 'the lease lapses');
    const [lease] = await log.lapsed(10);
    watch(log);
    await waitForLost(log, stream);
    const [, entry, more] = await log.read(stream, WHOLE);
    expect(more).toBeUndefined();
    expect(entry).toMatchObject({ number: lease?.lapsedAtMs, fin: true, count: 2_500 });
    const seenAtMs = lease?.seenAtMs ?? 0;
    const closes = decodeEventArray(entry?.events ?? new Uint8Array()).map((one) =>
      decodeEvent(one),
    );
    expect(closes).toEqual(
      closes.map((_, i) => ({
        type: 'close',
        spanId: spanId(i),
        endUs: seenAtMs * 1_000,
        status: 'error',
        error: { type: 'lost', message: `not heard of since ${new Date(seenAtMs).toISOString()}` },
        reason: 'lost',
      })),
    );
    expect(await log.lapsed(10)).toEqual([]);
  });

  it('[LE4] closes no span before its start, whatever the clock of the agent', async () => {
    const { log } = await observedLog();
    const stream = { project: 'default', streamId: generateRun(9_100).traceId };
    const startUs = (Date.now() + 3_600_000) * 1_000;
    const batch = { ...stream, number: 1, fin: false, leaseMs: 1, blobs: [], refs: [] };
    await log.append({ ...batch, producer: 'p', events: [encodeEvent(open(0, { startUs }))] });
    watch(log);
    await waitForLost(log, stream);
    const [, entry] = await log.read(stream, WHOLE);
    const [close] = decodeEventArray(entry?.events ?? new Uint8Array());
    expect(decodeEvent(close ?? new Uint8Array())).toMatchObject({ endUs: startUs });
  });

  it('[LE5] writes nothing when the producer is heard of at the last moment', async () => {
    const { log } = await observedLog();
    const [stream, other] = [await deadRun(log, 1), await deadRun(log, 1, 2)];
    watch(log, {
      openSpansOf: async ({ streamId }) => {
        if (streamId === stream.streamId) await log.renew(stream, 'p', 3_600_000);
        return [{ spanId: spanId(0), startUs: 1 }];
      },
    });
    await waitForLost(log, other);
    expect(await producersIn(log, stream)).toEqual(['p']);
    expect(await log.renew(stream, 'p', 3_600_000)).toBe(true);
  });

  it('[LE6] judges nobody while the log fails now and then', async () => {
    const observed = await observedLog();
    const stream = await deadRun(observed.log, 1);
    let failing = true;
    observed.before = (method) => {
      if (method === 'lapsed' && failing && observed.count('lapsed') % 3 === 0)
        throw new SpantailError('LOG_UNAVAILABLE', 'not now');
    };
    watch(observed.log, { settleMs: 1_000 });
    await eventually(() => observed.count('lapsed') > 60, 'it was asked often');
    expect(await producersIn(observed.log, stream)).toEqual(['p']);
    failing = false;
    await waitForLost(observed.log, stream);
  });

  it('[LE4] one run that cannot be read holds up no other one, and is told of', async () => {
    const { log } = await observedLog();
    const bad = await deadRun(log, 1, 0);
    const good = await Promise.all(Array.from({ length: 30 }, (_, i) => deadRun(log, 1, 1 + i)));
    const errors: unknown[] = [];
    watch(log, {
      openSpansOf: ({ streamId }) =>
        streamId === bad.streamId
          ? Promise.reject(new Error('unreadable'))
          : Promise.resolve([{ spanId: spanId(0), startUs: 1 }]),
      onError: (error) => errors.push(error),
    });
    for (const stream of good) await waitForLost(log, stream);
    expect(errors).toEqual([new Error('unreadable')]);
    expect(await producersIn(log, bad)).toEqual(['p']);
  });

  it('[LE5] ends with what is in hand', async () => {
    const { log } = await observedLog();
    const stream = await deadRun(log, 1);
    let asked = (): void => {};
    const asking = new Promise<void>((resolve) => {
      asked = resolve;
    });
    let answer = (): void => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const leases = watch(log, {
      openSpansOf: async () => {
        asked();
        await answered;
        return [{ spanId: spanId(0), startUs: 1 }];
      },
    });
    await asking;
    const closing = leases.close();
    answer();
    await closing;
    expect(await producersIn(log, stream)).toEqual(['p', 'lost:p']);
  });
});
