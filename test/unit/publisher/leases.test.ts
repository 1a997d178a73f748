import { LIMITS } from '@spantail/protocol';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { MemoryLog } from '../../support/agent/memory-log.ts';
import {
  OTHER,
  TRACE,
  close,
  makePublisher,
  open,
  update,
} from '../../support/agent/make-publisher.ts';

/** The clock of leases stands still until the test moves it; nothing else's does. */
function stopClock(): void {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

describe('leases of a publisher', () => {
  it('[LE1] go with every batch while something is open, and not with the last', async () => {
    const { publisher, log } = makePublisher();
    for (const event of [open(0), update(0, 0), close(0)]) {
      publisher.publish(TRACE, event);
      await publisher.flush();
    }
    expect(log.entries.get(TRACE)).toMatchObject([
      { fin: false, leaseMs: 15_000 },
      { fin: false, leaseMs: 15_000 },
      { fin: true },
    ]);
    expect(log.entries.get(TRACE)?.[2]).not.toHaveProperty('leaseMs');
  });

  it('[LE1] a batch that is cut off behind the last end still has one', async () => {
    const { publisher, log } = makePublisher();
    for (let i = 0; i < 6_000; i++) publisher.publish(TRACE, open(i));
    for (let i = 0; i < 6_000; i++) publisher.publish(TRACE, close(i));
    await publisher.flush();
    const entries = log.entries.get(TRACE) ?? [];
    expect(entries.length).toBeGreaterThan(2);
    expect(entries.map(({ fin, leaseMs }) => [fin, leaseMs])).toEqual([
      ...entries.slice(1).map(() => [false, 15_000]),
      [true, undefined],
    ]);
  });

  it.each([
    [undefined, 15_000],
    [Number.NaN, 15_000],
    ['soon' as unknown as number, 15_000],
    [600.4, 600],
    [-5, 300],
    [Number.POSITIVE_INFINITY, LIMITS.leaseMs],
    [false as const, undefined],
  ])('[LE1, PUB10] with `leaseMs: %s` last %s ms', async (leaseMs, expected) => {
    stopClock();
    const { publisher, log } = makePublisher(leaseMs === undefined ? {} : { leaseMs });
    publisher.publish(TRACE, open(0));
    await publisher.flush();
    expect(log.entries.get(TRACE)?.[0]?.leaseMs).toBe(expected);
    vi.advanceTimersByTime(LIMITS.leaseMs);
    expect(log.renewals.length > 0).toBe(expected !== undefined);
  });

  it('[LE2] are renewed at least every third, all in one request, and only while spans are open', async () => {
    stopClock();
    const { publisher, log } = makePublisher({ leaseMs: 6_000, producer: 'p' });
    for (const trace of [TRACE, OTHER]) publisher.publish(trace, open(0));
    await publisher.flush();
    let heardAtMs = performance.now();
    for (let round = 1; round <= 10; round++) {
      // Nothing is due before a sixth has passed.
      while (log.renewals.length < round) {
        vi.advanceTimersByTime(100);
        await turn();
      }
      expect(performance.now() - heardAtMs).toBeLessThanOrEqual(2_000);
      expect(performance.now() - heardAtMs).toBeGreaterThanOrEqual(1_000);
      heardAtMs = performance.now();
    }
    for (const renewal of log.renewals)
      expect(renewal).toEqual({ producer: 'p', leaseMs: 6_000, traceIds: [TRACE, OTHER] });

    publisher.publish(OTHER, close(0));
    await publisher.flush();
    const before = log.renewals.length;
    await pass(10_000);
    const after = log.renewals.slice(before);
    expect(after.length).toBeGreaterThanOrEqual(5);
    for (const { traceIds } of after) expect(traceIds).toEqual([TRACE]);
    publisher.publish(TRACE, close(0));
    await publisher.flush();
    const all = log.renewals.length;
    await pass(100_000);
    expect(log.renewals).toHaveLength(all);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('[LE2] what was just sent is not renewed besides', async () => {
    stopClock();
    const { publisher, log } = makePublisher({ leaseMs: 6_000 });
    publisher.publish(TRACE, open(0));
    publisher.publish(OTHER, open(0));
    await publisher.flush();
    for (let seq = 0; seq < 50; seq++) {
      publisher.publish(TRACE, update(0, seq));
      await publisher.flush();
      await pass(500);
    }
    expect(log.renewals.length).toBeGreaterThanOrEqual(12);
    for (const { traceIds } of log.renewals) expect(traceIds).toEqual([OTHER]);
  });

  it('[LE2] one that fails or hangs is tried again at the next look', async () => {
    stopClock();
    const { publisher, log, errors } = makePublisher({ leaseMs: 6_000 });
    publisher.publish(TRACE, open(0));
    await publisher.flush();
    log.renewalFate = () =>
      log.renewals.length % 2 === 0
        ? new Promise(() => {})
        : Promise.reject(new Error('read ECONNRESET'));
    for (let round = 1; round <= 6; round++) {
      await pass(1_000);
      expect(log.renewals).toHaveLength(round);
    }
    expect(errors.map(({ message }) => message)).toEqual(['read ECONNRESET']);
  });

  it('[LE2] spans whose end was given up are left to lapse', async () => {
    stopClock();
    const log = new MemoryLog();
    const { publisher } = makePublisher({ leaseMs: 6_000, log });
    publisher.publish(TRACE, open(0));
    await publisher.flush();
    await pass(3_000);
    expect(log.renewals.length).toBeGreaterThan(0);
    log.refuses = (event) => event.type === 'close';
    publisher.publish(TRACE, close(0));
    await publisher.flush();
    const before = log.renewals.length;
    await pass(30_000);
    expect(log.renewals).toHaveLength(before);
  });

  it('[LE2] end with the publisher, and while the log refuses batches they do not', async () => {
    stopClock();
    const { publisher, log } = makePublisher({ leaseMs: 6_000 });
    publisher.publish(TRACE, open(0));
    await publisher.flush();
    log.fate = () => ({ refuse: { code: 'OVERLOADED', retry: true, retryAfterMs: 60_000 } });
    publisher.publish(TRACE, update(0, 0));
    await eventually(() => log.requests.length > 1, 'it is refused');
    await pass(5_000);
    expect(log.renewals.length).toBeGreaterThanOrEqual(2);
    await publisher.shutdown({ timeoutMs: 1 });
    const all = log.renewals.length;
    await pass(60_000);
    expect(log.renewals).toHaveLength(all);
    expect(vi.getTimerCount()).toBe(0);
  });
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** So much time, look by look, with what each brings about. */
async function pass(ms: number): Promise<void> {
  for (let at = 0; at < ms; at += 500) {
    vi.advanceTimersByTime(500);
    await turn();
  }
}
