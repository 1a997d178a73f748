import { SpantailError } from '@spantail/protocol';
import type { EventLog } from 'spantail';
import { describe, expect, it } from 'vitest';
import { Prober } from '../../../server/src/log/prober.ts';
import { batchOf, everyMethod, newStream, type Suite } from './harness.ts';

/** The end of a log, and the check that it works. */
export const closeSuite: Suite = (harness) => {
  describe('close', () => {
    it('[LOG16] settles everything that is under way', async () => {
      const log = await harness.open();
      const stream = newStream();
      const appends = Array.from({ length: 50 }, (_, i) => log.append(batchOf(stream, i + 1)));
      const calls = Object.entries(everyMethod(log, newStream())).map(([, call]) => call());
      const settled = Promise.allSettled([...appends, ...calls]);
      const waiting = log.takeWork('later', { maxItems: 1, waitMs: 3e6, stealAfterMs: 3e6 });
      await log.close();
      for (const outcome of await settled)
        if (outcome.status === 'rejected') expectUnavailable(outcome.reason);
      await expect(waiting.then(Array.isArray)).resolves.toBe(true);
    });

    it('[LOG16] makes every method fail from then on, and may be called again', async () => {
      const log = await harness.open();
      const stream = newStream();
      await log.append(batchOf(stream, 1));
      await log.close();
      await log.close();
      for (const [name, call] of Object.entries(everyMethod(log, stream))) {
        const error: unknown = await call().then(
          () => `${name} went through`,
          (reason: unknown) => reason,
        );
        expectUnavailable(error);
      }
    });

    it('[LOG16] leaves listeners in peace', async () => {
      const log = await harness.open();
      const stream = newStream();
      let rings = 0;
      const listener = await log.listen(stream, () => rings++);
      await log.append(batchOf(stream, 1));
      await log.close();
      const before = rings;
      await new Promise((resolve) => setImmediate(resolve));
      expect(rings).toBe(before);
      listener.close();
    });
  });

  describe('probe', () => {
    it('[LOG17] goes through again and again, and leaves no work behind', async () => {
      const log = await harness.open();
      for (let i = 0; i < 20; i++) expect(await log.probe(10_000)).toBeGreaterThan(0);
      expect(await log.takeWork('c', { maxItems: 9, waitMs: 0, stealAfterMs: 1e6 })).toEqual([]);
    });

    it('[LOG17] fails when an entry is not written, not heard, or not read back', async () => {
      const log = await harness.open();
      const sabotage: Partial<EventLog>[] = [
        { append: () => Promise.resolve({ outcome: 'appended', position: '1-1', missing: [] }) },
        { listen: () => Promise.resolve({ close: () => {} }) },
        { entry: () => Promise.resolve(undefined) },
        { entry: (stream) => log.entry(stream, '1-1') },
      ];
      expect(await new Prober(log).probe(10_000)).toBeGreaterThan(0);
      for (const broken of sabotage) {
        const patched = new Proxy(log, {
          get: (target, name) => {
            const value: unknown = Reflect.get(name in broken ? broken : target, name);
            return typeof value === 'function' ? value.bind(target) : value;
          },
        });
        const error: unknown = await new Prober(patched).probe(300).catch((e: unknown) => e);
        expectUnavailable(error);
      }
    });
  });
};

function expectUnavailable(error: unknown): void {
  expect(error).toBeInstanceOf(SpantailError);
  expect((error as SpantailError).code).toBe('LOG_UNAVAILABLE');
}
