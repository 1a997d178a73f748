import { describe, expect, it } from 'vitest';
import { pickRows, type Row } from '../../../server/src/terminal/pick-rows.ts';
import { buildTree, spanId, type BuiltSpan } from '../../support/span-tree.ts';

const CLOSED = { end: {} };

/** Rows as `name` or `⋮count`, with their indent. */
function shown(rows: readonly Row[]): string[] {
  return rows.map((row) =>
    row.kind === 'span' ? row.indent + row.span.name : `${row.indent}⋮${row.count}`,
  );
}

/** Spans shown and hidden by rows together. */
function spansOf(rows: readonly Row[]): number {
  return rows.reduce((sum, row) => sum + (row.kind === 'span' ? 1 : row.count), 0);
}

function wide(count: number, of: (index: number) => BuiltSpan): BuiltSpan[] {
  return Array.from({ length: count }, (_, index) =>
    index === 0 ? {} : { parent: 0, ...of(index) },
  );
}

function chain(count: number, of: (index: number) => BuiltSpan): BuiltSpan[] {
  return Array.from({ length: count }, (_, index) =>
    index === 0 ? of(0) : { parent: index - 1, ...of(index) },
  );
}

describe('a tree that fits', () => {
  it('is shown whole, in its order, with the lines that draw it', () => {
    const tree = buildTree([
      { name: 'root' },
      { name: 'a', parent: 0 },
      { name: 'b', parent: 1, ...CLOSED },
      { name: 'c', parent: 0 },
      { name: 'd', parent: 3 },
      { name: 'other root' },
    ]);
    expect(shown(pickRows(tree, 6))).toEqual([
      'root',
      '├─ a',
      '│  └─ b',
      '└─ c',
      '   └─ d',
      'other root',
    ]);
  });

  it('without a span is no row, and no room is no row', () => {
    expect(pickRows(buildTree([]), 10)).toEqual([]);
    expect(pickRows(buildTree([{}]), 0)).toEqual([]);
    expect(pickRows(buildTree([{}]), -3)).toEqual([]);
  });
});

describe('a tree that does not fit', () => {
  it('shows open spans and the way to them, and counts the others where they were', () => {
    const tree = buildTree([
      { name: 'root' },
      { parent: 0, ...CLOSED },
      { parent: 1, ...CLOSED },
      { name: 'branch', parent: 0, ...CLOSED },
      { parent: 3, ...CLOSED },
      { parent: 3, ...CLOSED },
      { name: 'runs', parent: 3 },
      { parent: 0, ...CLOSED },
      { parent: 0, ...CLOSED },
    ]);
    expect(shown(pickRows(tree, 6))).toEqual([
      'root',
      '├─ ⋮2',
      '├─ branch',
      '│  ├─ ⋮2',
      '│  └─ runs',
      '└─ ⋮2',
    ]);
  });

  it('then what ended last, and failures ten seconds longer', () => {
    const second = 1_000_000;
    const tree = buildTree(
      wide(8, (index) => ({
        startUs: index * second,
        end: {
          endUs: index * second,
          status: index === 2 ? 'error' : 'ok',
        },
      })),
    );
    expect(shown(pickRows(tree, 6))).toEqual([
      'step 0',
      '├─ step 1',
      '├─ step 2',
      '├─ ⋮3',
      '├─ step 6',
      '└─ step 7',
    ]);
  });

  it('says how many of the hidden ones failed', () => {
    const tree = buildTree(
      wide(50, (index) => ({
        startUs: index * 60_000_000,
        end: { endUs: index * 60_000_000, status: index < 4 ? 'error' : 'ok' },
      })),
    );
    const hidden = pickRows(tree, 5).filter((row) => row.kind === 'hidden');
    expect(hidden).toMatchObject([{ count: 46, failed: 3 }]);
  });

  it('never spends a row on saying that one more is there', () => {
    for (let most = 2; most < 30; most++)
      for (const row of pickRows(buildTree(wide(40, (i) => (i % 3 === 0 ? {} : CLOSED))), most))
        expect(row.kind === 'hidden' && row.count === 1).toBe(false);
  });

  it('shows the deepest of what runs, though the way there is longer than the screen', () => {
    const rows = pickRows(buildTree(chain(10_000, () => ({}))), 20);
    expect(rows.at(-1)).toMatchObject({ kind: 'span', span: { spanId: spanId(9_999) } });
    expect(rows.length).toBeLessThanOrEqual(20);
    expect(spansOf(rows)).toBe(10_000);
  });
});

describe('trees of any shape and size', () => {
  const shapes: [string, BuiltSpan[]][] = [
    ['20,000 closed side by side', wide(20_000, () => CLOSED)],
    ['20,000 open side by side', wide(20_000, () => ({}))],
    ['20,000 with one start', wide(20_000, () => ({ startUs: 5 }))],
    ['20,000 roots', Array.from({ length: 20_000 }, () => CLOSED)],
    ['10,000 closed below each other', chain(10_000, () => CLOSED)],
    ['10,000 open below each other', chain(10_000, () => ({}))],
    [
      '20,000 in a tree of threes',
      wide(20_000, (index) => ({
        parent: Math.floor((index - 1) / 3),
        ...(index % 50 === 0 ? {} : CLOSED),
      })),
    ],
  ];

  it.each(shapes)('%s: never more rows than there are, and every span counted', (_what, spans) => {
    const tree = buildTree(spans);
    for (const most of [1, 2, 3, 10, 23, 60]) {
      const rows = pickRows(tree, most);
      expect(rows.length).toBeLessThanOrEqual(most);
      expect(spansOf(rows)).toBe(spans.length);
      const order = rows.flatMap((row) => (row.kind === 'span' ? [row.span] : []));
      const place = new Map([...tree.walk()].map(({ span }, index) => [span, index]));
      expect(order).toEqual(order.toSorted((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0)));
    }
  });

  it('deep indents end in a mark and take a bounded number of columns', () => {
    const rows = pickRows(buildTree(chain(10_000, () => ({}))), Number.POSITIVE_INFINITY, 12);
    expect(Math.max(...rows.map((row) => row.indent.length))).toBeLessThanOrEqual(17);
    expect(rows.at(-1)?.indent).toBe('            … └─ ');
  });

  /** Calls of the names of spans: what is looked at of each of them, not how long it takes. */
  it('looks at each span a bounded number of times, however many are open', () => {
    const looks = (count: number): number => {
      const tree = buildTree(wide(count, () => ({})));
      let reads = 0;
      const counted = {
        roots: tree.roots.map((root) => countReads(root, () => reads++)),
      };
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- pickRows reads roots only
      pickRows(counted as unknown as typeof tree, 30);
      return reads / count;
    };
    expect(looks(4_000)).toBeLessThan(2 * looks(500));
  });
});

/** The same spans, with every read of a property counted. */
function countReads<T extends object>(span: T, onRead: () => void): T {
  return new Proxy(span, {
    get(target, key) {
      onRead();
      const value: unknown = Reflect.get(target, key, target);
      return key === 'children' && Array.isArray(value)
        ? value.map((child: object) => countReads(child, onRead))
        : value;
    },
  });
}
