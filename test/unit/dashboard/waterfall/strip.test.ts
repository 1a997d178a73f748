import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Strip } from '../../../../dashboard/src/waterfall/strip.ts';

describe('a strip of the minimap', () => {
  it('gives each column to whoever took it first, and draws it once', () => {
    const taking = fc.record({
      x: fc.nat(29),
      length: fc.integer({ min: 1, max: 40 }),
      colour: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.array(taking, { maxLength: 30 }), (takings) => {
        const strip = new Strip(30);
        const expected = Array.from<number | undefined>({ length: 30 });
        for (const { x, length, colour } of takings) {
          const right = Math.min(30, x + length);
          strip.take(x, right, colour);
          for (let at = x; at < right; at++) expected[at] ??= colour;
        }
        const drawn = Array.from<number | undefined>({ length: 30 });
        let before: { right: number; colour: number } | undefined;
        strip.eachRun((x, right, colour) => {
          // Neighbours of one colour are one run.
          expect(before?.right === x && before.colour === colour).toBe(false);
          before = { right, colour };
          for (let at = x; at < right; at++) {
            expect(drawn[at]).toBeUndefined();
            drawn[at] = colour;
          }
        });
        expect(drawn).toEqual(expected);
      }),
    );
  });

  it('takes nothing where there is no place', () => {
    const strip = new Strip(4);
    strip.take(Number.NaN, 2, 1);
    strip.take(1, Number.NaN, 1);
    strip.take(3, 3, 1);
    const drawn: number[] = [];
    strip.eachRun((x) => drawn.push(x));
    expect(drawn).toEqual([]);
  });
});
