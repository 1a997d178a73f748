import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordedAction } from '../../../server/src/play/index.ts';
import { orderActions } from '../../../server/src/play/recorded/order.ts';
import { settleOutputs } from '../../../server/src/play/recorded/settle.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'b', '😀', '\n') });

describe('settleOutputs', () => {
  it('[PROM2] whatever grew, the deltas add up to the output and never break a character', () => {
    fc.assert(
      fc.property(fc.array(text), text, (deltas, output) => {
        const settled = settleOutputs([
          { type: 'open', key: 's', atUs: 0, startUs: 0, name: 's', spanType: 'tool' },
          ...deltas.map((outputDelta, atUs): RecordedAction => {
            return { type: 'update', key: 's', atUs, outputDelta };
          }),
          { type: 'close', key: 's', atUs: 99, endUs: 99, status: 'ok', output },
        ]);
        const kept = settled.flatMap((action) =>
          action.type === 'update' && action.outputDelta !== undefined ? [action.outputDelta] : [],
        );
        const close = settled.at(-1);
        const shown = close?.type === 'close' && close.output !== undefined ? close.output : '';
        expect(kept.length > 0 ? kept.join('') : shown).toBe(output);
        for (const delta of kept) expect(Buffer.from(delta).toString()).toBe(delta);
      }),
    );
  });

  it('keeps the rest of an update whose growth is dropped', () => {
    const settled = settleOutputs([
      {
        type: 'update',
        key: 's',
        atUs: 1,
        outputDelta: 'x',
        logs: [{ timeUs: 1, message: 'kept' }],
      },
      { type: 'close', key: 's', atUs: 2, endUs: 2, status: 'ok', output: 'y' },
    ]);
    expect(settled).toEqual([
      { type: 'update', key: 's', atUs: 1, logs: [{ timeUs: 1, message: 'kept' }] },
      { type: 'update', key: 's', atUs: 2, outputDelta: 'y' },
      { type: 'close', key: 's', atUs: 2, endUs: 2, status: 'ok' },
    ]);
  });
});

describe('orderActions', () => {
  it('sorts by time, but keeps spans whole and children behind their parents, whatever the clocks', () => {
    const times = fc.array(fc.nat(20), { minLength: 9, maxLength: 9 });
    fc.assert(
      fc.property(times, (atUs) => {
        const actions = ['root', 'child', 'grandchild'].flatMap((key, index): RecordedAction[] => {
          const parentKey = ['root', 'child'][index - 1];
          const [open = 0, update = 0, close = 0] = atUs.slice(3 * index);
          return [
            {
              type: 'open',
              key,
              atUs: open,
              startUs: open,
              name: key,
              spanType: 'step',
              ...(parentKey === undefined ? {} : { parentKey }),
            },
            { type: 'update', key, atUs: update },
            { type: 'close', key, atUs: close, endUs: close, status: 'ok' },
          ];
        });
        const ordered = orderActions(actions);
        const place = (key: string, type: string): number =>
          ordered.findIndex((action) => action.key === key && action.type === type);
        expect(ordered.map((action) => action.atUs)).toEqual(
          ordered.map((action) => action.atUs).toSorted((a, b) => a - b),
        );
        for (const key of ['root', 'child', 'grandchild']) {
          expect(place(key, 'open')).toBeLessThan(place(key, 'update'));
          expect(place(key, 'update')).toBeLessThan(place(key, 'close'));
        }
        expect(place('root', 'open')).toBeLessThan(place('child', 'open'));
        expect(place('child', 'open')).toBeLessThan(place('grandchild', 'open'));
      }),
    );
  });
});
