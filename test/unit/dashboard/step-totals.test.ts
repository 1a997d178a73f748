import { RunTree, factsOf, sumUsage, type TraceEvent } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { stepTotals } from '../../../dashboard/src/compare/step-totals.ts';
import { seededRandom } from '../../support/generate-run.ts';
import { traceId } from '../../support/query/sample-runs.ts';

const id = (n: number) => (n + 1).toString(16).padStart(16, '0');

/** A run in which any span may say what it used, also what those below it said already. */
function randomRun(seed: number): RunTree {
  const random = seededRandom(seed);
  const tree = new RunTree(traceId(1));
  const count = 2 + Math.floor(random() * 20);
  for (let n = 0; n < count; n++) {
    const parent = Math.floor(random() * n);
    const open: TraceEvent = {
      type: 'open',
      spanId: id(n),
      ...(n === 0 ? {} : { parentSpanId: id(parent) }),
      name: `step ${n}`,
      spanType: random() < 0.6 ? 'model' : 'agent',
      startUs: 1_000 + n,
    };
    tree.apply(open);
    const used = random() < 0.7;
    tree.apply({
      type: 'close',
      spanId: id(n),
      endUs: 2_000 + n,
      status: random() < 0.2 ? 'error' : 'ok',
      ...(used
        ? {
            usage: {
              inputTokens: Math.floor(random() * 100),
              outputTokens: Math.floor(random() * 9),
              costUsd: Math.floor(random() * 8) / 8,
            },
          }
        : {}),
    });
  }
  return tree;
}

describe('what a step used with all below it', () => {
  it('is for the root what the record says of the run', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const tree = randomRun(seed);
      const [root] = tree.roots;
      const { inputTokens = 0, outputTokens = 0, costUsd = 0 } = sumUsage(tree, factsOf);
      expect(stepTotals(tree).get(root?.spanId ?? '')).toEqual({
        tokens: inputTokens + outputTokens,
        costUsd,
        errors: tree.errorCount,
      });
    }
  });
});
