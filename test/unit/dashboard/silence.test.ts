import { describe, expect, it } from 'vitest';
import { silenceOf } from '../../../dashboard/src/runs/silence.ts';

const SECOND_US = 1_000_000;
const toneAfter = (seconds: number, status: 'running' | 'lost' = 'running') =>
  silenceOf({ status, lastActivityUs: 50 * SECOND_US }, (50 + seconds) * SECOND_US)?.tone;

describe('the silence of a run', () => {
  it('is said from half a minute on, in a tone that grows', () => {
    expect([-5, 0, 29, 30, 119, 120, 599, 600, 90_000].map((s) => toneAfter(s))).toEqual([
      undefined,
      undefined,
      undefined,
      'short',
      'short',
      'long',
      'long',
      'very-long',
      'very-long',
    ]);
  });

  it('is not that of a run that is over', () => {
    expect(toneAfter(600, 'lost')).toBeUndefined();
  });
});
