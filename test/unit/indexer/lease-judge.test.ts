import type { LapsedLease } from 'spantail';
import { describe, expect, it } from 'vitest';
import {
  afterBreak,
  judgeLapsed,
  newJudge,
  type LeaseJudge,
} from '../../../server/src/indexer/lease-judge.ts';

const OPTIONS = { mostGapMs: 2_000, settleMs: 3_000, confirmMs: 900 };

/** The store's clock is another one than the judge's. */
function leaseOf(producer: string, leaseMs: number, lapsedAtMs = 5_000_000): LapsedLease {
  const streamId = 'a'.repeat(32);
  return { project: 'default', streamId, producer, lapsedAtMs, seenAtMs: lapsedAtMs - leaseMs };
}

/** One answer a second; the names of the dead at each. */
function judgeEverySecond(
  judge: LeaseJudge,
  fromMs: number,
  answers: LapsedLease[][],
): { judge: LeaseJudge; dead: string[][] } {
  const dead: string[][] = [];
  for (const [i, lapsed] of answers.entries()) {
    const verdict = judgeLapsed(judge, lapsed, fromMs + i * 1_000, OPTIONS);
    judge = verdict.judge;
    dead.push(verdict.dead.map(({ producer }) => producer));
  }
  return { judge, dead };
}

const many = (count: number, lapsed: LapsedLease[]): LapsedLease[][] =>
  Array.from({ length: count }, () => lapsed);

describe('judging lapsed leases', () => {
  it('[LE4] calls dead what was lapsed in two answers, a second apart', () => {
    const { judge } = judgeEverySecond(newJudge(0), 0, many(30, []));
    const lease = leaseOf('p', 15_000);
    const { dead } = judgeEverySecond(judge, 30_000, [[lease], [lease], []]);
    expect(dead).toEqual([[], ['p'], []]);
  });

  it('[LE6] judges nobody before more than a full lease has passed since it began', () => {
    const lapsed = [leaseOf('short', 600), leaseOf('long', 15_000)];
    const { dead } = judgeEverySecond(newJudge(0), 0, many(20, lapsed));
    expect(dead.map((names) => names.join())).toEqual([
      ...Array.from({ length: 4 }, () => ''),
      ...Array.from({ length: 14 }, () => 'short'),
      ...Array.from({ length: 2 }, () => 'short,long'),
    ]);
  });

  it.each([
    [
      'was told of a break',
      (judge: LeaseJudge) => ({ judge: afterBreak(judge, 31_000), ms: 31_000 }),
    ],
    ['got no answer for long', (judge: LeaseJudge) => ({ judge, ms: 31_500 })],
  ])('[LE6] begins anew when it %s', (_, interrupt) => {
    const lease = leaseOf('p', 15_000);
    const { judge, dead } = judgeEverySecond(newJudge(0), 0, many(30, [lease]));
    expect(dead.at(-1)).toEqual(['p']);
    const broken = interrupt(judge);
    const later = judgeEverySecond(broken.judge, broken.ms, many(20, [lease]));
    expect(later.dead.findIndex((names) => names.length > 0)).toBe(18);
  });

  it('[LE6] goes on where answers are a little late', () => {
    const lease = leaseOf('p', 15_000);
    let judge = newJudge(0);
    let dead: LapsedLease[] = [];
    for (let ms = 0; ms <= 20_000; ms += 2_000)
      ({ judge, dead } = judgeLapsed(judge, [lease], ms, OPTIONS));
    expect(dead).toEqual([lease]);
  });

  it('[LE5, LE9] suspects anew who was heard of between two answers', () => {
    const { judge } = judgeEverySecond(newJudge(0), 0, many(30, []));
    const again = [1, 2, 3, 4].map((n) => leaseOf('p', 15_000, 5_000_000 + n));
    const { dead } = judgeEverySecond(judge, 30_000, [
      ...again.map((lease) => [lease]),
      [],
      again.slice(3),
    ]);
    expect(dead.flat()).toEqual([]);
  });

  it('[LE4] waits half of a short lease, not a second', () => {
    const { judge } = judgeEverySecond(newJudge(0), 0, many(30, []));
    const lease = leaseOf('p', 400);
    const first = judgeLapsed(judge, [lease], 30_000, OPTIONS);
    expect(judgeLapsed(first.judge, [lease], 30_199, OPTIONS).dead).toEqual([]);
    expect(judgeLapsed(first.judge, [lease], 30_200, OPTIONS).dead).toEqual([lease]);
  });
});
