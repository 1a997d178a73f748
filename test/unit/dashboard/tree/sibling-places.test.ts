import { describe, expect, it } from 'vitest';
import { siblingPlaces } from '../../../../dashboard/src/tree/sibling-places.ts';
import { spanOf, treeOf } from './make-tree.ts';

const tree = treeOf([
  { id: 'root', from: 0, to: 100 },
  { id: 'a', below: 'root', from: 1, to: 50 },
  { id: 'aa', below: 'a', from: 2, to: 10 },
  { id: 'ab', below: 'a', from: 3, to: 10 },
  { id: 'b', below: 'root', from: 4 },
  { id: 'ba', below: 'b', from: 5, to: 6 },
  { id: 'c', below: 'root', from: 7, to: 8 },
  { id: 'stray', below: 'nobody', from: 9, to: 10 },
]);

const placesOf = (isOver: boolean, ids: string[]): Record<string, string> => {
  const placeOf = siblingPlaces(tree, isOver);
  return Object.fromEntries(
    ids.map((id) => {
      const { position, count } = placeOf(spanOf(tree, id));
      return [id, `${position} of ${count}`];
    }),
  );
};

describe('where spans stand among their siblings', () => {
  it('is counted within each family, in the order of rows', () => {
    expect(placesOf(true, ['root', 'a', 'aa', 'ab', 'b', 'c', 'stray'])).toEqual({
      root: '1 of 2',
      a: '1 of 3',
      aa: '1 of 2',
      ab: '2 of 2',
      b: '2 of 3',
      c: '3 of 3',
      stray: '2 of 2',
    });
  });

  it('is the same when rows begin anywhere, or leave some out', () => {
    expect(placesOf(true, ['ab', 'c', 'a', 'stray'])).toEqual({
      ab: '2 of 2',
      c: '3 of 3',
      a: '1 of 3',
      stray: '2 of 2',
    });
  });

  it('is of a number that is not known while more may come', () => {
    expect(placesOf(false, ['root', 'a', 'ba'])).toEqual({
      root: '1 of -1',
      a: '1 of 3',
      ba: '1 of -1',
    });
  });
});
