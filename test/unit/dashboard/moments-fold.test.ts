import { RunTree, treeToJson, type TraceEvent, type TreeJson } from '@spantail/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fold } from '../../../dashboard/src/time-machine/fold.ts';
import { RunLog } from '../../../dashboard/src/time-machine/run-log.ts';
import { disturb } from '../../support/disturb-run.ts';
import { generateRun, seededRandom } from '../../support/generate-run.ts';

function logOf(events: readonly TraceEvent[]): RunLog {
  const log = new RunLog();
  for (const [i, event] of events.entries()) log.append(event, `cursor ${i}`, i);
  return log;
}

function stateAfter(traceId: string, events: readonly TraceEvent[]): TreeJson {
  const tree = new RunTree(traceId);
  for (const event of events) tree.apply(event);
  return treeToJson(tree);
}

/** Folds slice by slice; answers how many it took. */
function settle(fold: Fold): number {
  let slices = 0;
  for (; !fold.settled; slices++) fold.work(0);
  return slices;
}

describe('the fold of a time machine', () => {
  it('[RP4] has the tree of the first n events, wherever it came from and was on its way to', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.array(
          fc.record({
            share: fc.double({ min: 0, max: 1, noNaN: true }),
            // Fewer than it takes: the next moment is asked for on the way.
            slices: fc.option(fc.nat(4)),
          }),
          { minLength: 2, maxLength: 10 },
        ),
        (seed, moves) => {
          const run = generateRun(seed, { spans: 120 });
          const events = disturb(run.events, seededRandom(seed));
          const fold = new Fold(run.traceId, logOf(events));
          for (const { share, slices } of moves) {
            fold.seek(Math.round(share * events.length));
            if (slices === null) settle(fold);
            else for (let i = 0; i < slices && !fold.settled; i++) fold.work(0);
            expect(treeToJson(fold.tree)).toEqual(
              stateAfter(run.traceId, events.slice(0, fold.index)),
            );
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('goes the shortest way', () => {
    const { traceId, events } = generateRun(4, { spans: 700 });
    const fold = new Fold(traceId, logOf(events));
    fold.seek(events.length);
    const whole = settle(fold);
    expect(whole).toBeGreaterThan(20);
    // Back from where it is.
    fold.seek(events.length - 1);
    expect(settle(fold)).toBe(1);
    // From the beginning.
    fold.seek(10);
    expect(settle(fold)).toBe(1);
    // Forward from where it is.
    fold.seek(20);
    expect(settle(fold)).toBe(1);
    fold.seek(events.length);
    expect(settle(fold)).toBeLessThanOrEqual(whole);
    // From what was begun, when somewhere else is wanted on the way.
    fold.seek(300);
    fold.work(0);
    fold.seek(301);
    expect(settle(fold)).toBe(4);
  });

  it('is another tree for views after each jump, and the same one that grew as it is played', () => {
    const { traceId, events } = generateRun(4, { spans: 100 });
    const fold = new Fold(traceId, logOf(events));
    const trees = new Set([fold.tree]);
    // Far, forward, back, from the beginning.
    for (const index of [200, 210, 205, 2]) {
      fold.seek(index);
      settle(fold);
      expect(trees.has(fold.tree)).toBe(false);
      trees.add(fold.tree);
    }
    const { tree } = fold;
    fold.advance(150);
    settle(fold);
    expect(fold.tree).toBe(tree);
    expect(treeToJson(tree)).toEqual(stateAfter(traceId, events.slice(0, 150)));
  });
});
