import { RunTree, treeToJson, type TraceEvent } from '@spantail/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { disturb } from '../../support/disturb-run.ts';
import { generateRun, seededRandom } from '../../support/generate-run.ts';

/** Everything that a tree tells, but for its version. */
function told(tree: RunTree, spanIds: ReadonlySet<string>): unknown {
  const { spanCount, openCount, errorCount } = tree;
  const known = [...spanIds].filter((spanId) => tree.get(spanId) !== undefined);
  return { spanCount, openCount, errorCount, known, ...treeToJson(tree) };
}

function fold(traceId: string, events: readonly TraceEvent[]): RunTree {
  const tree = new RunTree(traceId);
  for (const event of events) tree.apply(event);
  return tree;
}

interface Move {
  /** Applied, or taken back: this share of what is there. */
  change: TraceEvent[] | number;
  /** Reading places what was not placed yet. */
  isRead: boolean;
}

/** Events of a disturbed run in any order, with repeats; taken back now and then, and read. */
const histories = fc.integer({ min: 0, max: 1_000_000 }).chain((seed) => {
  const run = generateRun(seed, { spans: 3 + (seed % 14) });
  const events = disturb(run.events, seededRandom(seed + 1));
  const inOrder = fc
    .tuple(fc.nat(events.length), fc.nat(events.length))
    .map(([from, count]) => events.slice(from, from + count));
  const anyOrder = fc.shuffledSubarray([...events, ...events]);
  const rewound = fc.double({ min: 0, max: 1, noNaN: true }).map((share) => share ** 2);
  const move = fc.record({
    change: fc.oneof<fc.Arbitrary<Move['change']>[]>(inOrder, anyOrder, rewound, rewound),
    isRead: fc.boolean(),
  });
  return fc.record({
    traceId: fc.constant(run.traceId),
    spanIds: fc.constant(new Set(events.map(({ spanId }) => spanId))),
    moves: fc.array(move, { minLength: 1, maxLength: 12 }),
  });
});

describe('a tree that is taken back', () => {
  it('[TR1, RP4] is the tree of the events that are left, after any moves', () => {
    fc.assert(
      fc.property(histories, ({ traceId, spanIds, moves }) => {
        const tree = new RunTree(traceId, { undo: true });
        const left: TraceEvent[] = [];
        for (const { change, isRead } of moves) {
          const { version } = tree;
          const before = treeToJson(fold(traceId, left));
          if (typeof change === 'number') {
            const count = Math.round(change * left.length);
            tree.rewind(count);
            left.length -= count;
          } else
            for (const event of change) {
              tree.apply(event);
              left.push(event);
            }
          const now = fold(traceId, left);
          // What is remembered by version must never be taken for another state.
          expect(tree.version).toBeGreaterThanOrEqual(version);
          if (tree.version === version) expect(treeToJson(now)).toEqual(before);
          if (isRead) expect(told(tree, spanIds)).toEqual(told(now, spanIds));
        }
        expect(told(tree, spanIds)).toEqual(told(fold(traceId, left), spanIds));
      }),
      { numRuns: 600 },
    );
  });

  it('[TR1, RP4] event by event, read at each, there and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (seed) => {
        const run = generateRun(seed, { spans: 8 });
        const random = seededRandom(seed);
        const events = disturb(run.events, random).toSorted(() => random() - 0.7);
        const spanIds = new Set(events.map(({ spanId }) => spanId));
        const tree = new RunTree(run.traceId, { undo: true });
        const seen = events.map((event) => {
          const before = told(tree, spanIds);
          tree.apply(event);
          return before;
        });
        for (const before of seen.toReversed()) {
          tree.rewind(1);
          expect(told(tree, spanIds)).toEqual(before);
        }
        for (const [i, event] of events.entries()) {
          expect(told(tree, spanIds)).toEqual(seen[i]);
          tree.apply(event);
        }
      }),
      { numRuns: 100 },
    );
  });
});
