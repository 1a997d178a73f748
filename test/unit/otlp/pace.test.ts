import { describe, expect, it } from 'vitest';
import { doAll } from '../../../server/src/otlp/pace.ts';

describe('work on a large request', () => {
  it('[OT18] leaves turns to everybody else', async () => {
    let turns = 0;
    const count = (): void => {
      turns++;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    const seen: number[] = [];
    await doAll(
      Array.from({ length: 5_000 }, (_, i) => i),
      () => seen.push(turns),
    );
    clearImmediate(next);
    expect(seen).toHaveLength(5_000);
    expect(new Set(seen).size).toBeGreaterThanOrEqual(9);
  });
});
