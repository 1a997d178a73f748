import { RunTree, treeToJson, type TraceEvent } from '@spantail/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { disturb } from '../../support/disturb-run.ts';
import { generateRun, seededRandom } from '../../support/generate-run.ts';

function fold(traceId: string, events: TraceEvent[], readAt = -1): unknown {
  const tree = new RunTree(traceId);
  events.forEach((event, i) => {
    tree.apply(structuredClone(event));
    // Reading in between must not matter either.
    if (i === readAt) for (const _ of tree.walk());
  });
  return treeToJson(tree);
}

describe('permutations of a run', () => {
  it('[TR1, TR9] every order with repeats gives the same tree', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }).chain((seed) => {
          const run = generateRun(seed);
          const events = disturb(run.events, seededRandom(seed + 1));
          return fc.record({
            traceId: fc.constant(run.traceId),
            events: fc.constant(events),
            order: fc.shuffledSubarray([...events, ...events], {
              minLength: events.length * 2,
              maxLength: events.length * 2,
            }),
            readAt: fc.nat(events.length),
          });
        }),
        ({ traceId, events, order, readAt }) => {
          expect(fold(traceId, order, readAt)).toEqual(fold(traceId, events));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('[TR7, PROM2] the joined deltas are what the run wrote, in every order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (seed) => {
        const { traceId, events } = generateRun(seed);
        const written = new Map<string, string>();
        for (const event of events)
          if (event.type === 'update')
            written.set(
              event.spanId,
              (written.get(event.spanId) ?? '') + (event.outputDelta ?? ''),
            );
        const tree = new RunTree(traceId);
        const random = seededRandom(seed);
        for (const event of events.toSorted(() => random() - 0.5)) tree.apply(event);
        for (const { span } of tree.walk()) {
          expect(span.outputText).toBe(written.get(span.spanId) ?? '');
          expect(span.outputComplete).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});
