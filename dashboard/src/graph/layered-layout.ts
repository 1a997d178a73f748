/** A box to be placed. */
export interface Box {
  id: string;
  width: number;
  height: number;
}

export interface Line {
  from: string;
  to: string;
}

export interface Point {
  x: number;
  y: number;
}

export interface PlacedBox extends Box, Point {}

export interface PlacedLine {
  /** Its index among the lines that were given. */
  index: number;
  /** From the right of one box to the left of the other; between them, where it passes others. */
  points: Point[];
  /** It goes against the direction: it closes a circle. */
  isBack: boolean;
}

export interface Layout {
  boxes: PlacedBox[];
  lines: PlacedLine[];
  width: number;
  height: number;
}

export interface Gaps {
  column: number;
  row: number;
}

/** A box, or where a long line passes a column. */
interface Place {
  box: Box | undefined;
  height: number;
  before: Place[];
  after: Place[];
  /** Of its middle. */
  y: number;
}

const PASSING_HEIGHT = 12;
const SWEEPS = 6;

/**
 * Boxes in columns from left to right, each right of those that lead to it; in a column by where
 * their neighbours are (barycentres). For some tens of boxes; the same input gives the same picture.
 * Boxes and lines keep their place as long as nothing before them in the lists changes.
 */
export function layeredLayout(boxes: readonly Box[], lines: readonly Line[], gaps: Gaps): Layout {
  const known = new Map(boxes.map((box) => [box.id, box]));
  const usable = lines.flatMap((line, index) =>
    line.from !== line.to && known.has(line.from) && known.has(line.to) ? [{ ...line, index }] : [],
  );
  const back = backLines(boxes, usable);
  const columnOf = columnsOf(boxes, usable, back);
  const columns: Place[][] = [];
  const places = new Map<string, Place>();
  const put = (column: number, box: Box | undefined): Place => {
    const place = { box, height: box?.height ?? PASSING_HEIGHT, before: [], after: [], y: 0 };
    while (columns.length <= column) columns.push([]);
    columns[column]?.push(place);
    return place;
  };
  for (const box of boxes) places.set(box.id, put(columnOf.get(box.id) ?? 0, box));
  const chains = usable.map((line) => {
    const isBack = back.has(line.index);
    const [left, right] = isBack ? [line.to, line.from] : [line.from, line.to];
    const chain = [places.get(left)];
    for (let c = (columnOf.get(left) ?? 0) + 1; c < (columnOf.get(right) ?? 0); c++)
      chain.push(put(c, undefined));
    chain.push(places.get(right));
    const whole = chain.filter((place) => place !== undefined);
    whole.forEach((place, i) => {
      const next = whole[i + 1];
      if (next === undefined) return;
      place.after.push(next);
      next.before.push(place);
    });
    return { index: line.index, isBack, chain: whole };
  });
  arrange(columns, gaps.row);
  return placed(columns, chains, gaps);
}

/** The lines that close a circle, when boxes are visited in their order. Without recursion. */
function backLines(
  boxes: readonly Box[],
  lines: readonly (Line & { index: number })[],
): Set<number> {
  const back = new Set<number>();
  const leaving = new Map<string, (Line & { index: number })[]>();
  for (const line of lines) leaving.set(line.from, [...(leaving.get(line.from) ?? []), line]);
  const state = new Map<string, 'open' | 'done'>();
  for (const { id } of boxes) {
    if (state.has(id)) continue;
    const path = [{ id, next: 0 }];
    state.set(id, 'open');
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const line = leaving.get(at.id)?.[at.next++];
      if (line === undefined) {
        state.set(at.id, 'done');
        path.pop();
      } else if (state.get(line.to) === 'open') back.add(line.index);
      else if (!state.has(line.to)) {
        state.set(line.to, 'open');
        path.push({ id: line.to, next: 0 });
      }
    }
  }
  return back;
}

/** Each box right of all that lead to it. */
function columnsOf(
  boxes: readonly Box[],
  lines: readonly (Line & { index: number })[],
  back: ReadonlySet<number>,
): Map<string, number> {
  const columns = new Map(boxes.map(({ id }) => [id, 0]));
  // Without circles, as many rounds as there are boxes are enough.
  for (let round = 0, moved = true; moved && round <= boxes.length; round++) {
    moved = false;
    for (const { from, to, index } of lines) {
      const [left, right] = back.has(index) ? [to, from] : [from, to];
      const least = (columns.get(left) ?? 0) + 1;
      if ((columns.get(right) ?? 0) >= least) continue;
      columns.set(right, least);
      moved = true;
    }
  }
  return columns;
}

function arrange(columns: readonly Place[][], gap: number): void {
  for (const column of columns) stack(column, gap);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isForward = sweep % 2 === 0;
    for (const column of isForward ? columns : columns.toReversed()) {
      const wanted = new Map(
        column.map((place) => [place, middleOf(isForward ? place.before : place.after, place.y)]),
      );
      column.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
      stack(column, gap);
      settle(column, wanted);
    }
  }
}

/** One below the other, around the middle. */
function stack(column: readonly Place[], gap: number): void {
  const total = column.reduce((sum, { height }) => sum + height + gap, -gap);
  let top = -total / 2;
  for (const place of column) {
    place.y = top + place.height / 2;
    top += place.height + gap;
  }
}

/** The column as a whole to where most of it wants to be. */
function settle(column: readonly Place[], wanted: ReadonlyMap<Place, number>): void {
  if (column.length === 0) return;
  const shift =
    column.reduce((sum, place) => sum + (wanted.get(place) ?? place.y) - place.y, 0) /
    column.length;
  for (const place of column) place.y += shift;
}

function middleOf(neighbours: readonly Place[], otherwise: number): number {
  if (neighbours.length === 0) return otherwise;
  return neighbours.reduce((sum, { y }) => sum + y, 0) / neighbours.length;
}

function placed(
  columns: readonly Place[][],
  chains: readonly { index: number; isBack: boolean; chain: Place[] }[],
  gaps: Gaps,
): Layout {
  let top = Number.POSITIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (const { y, height } of columns.flat()) {
    top = Math.min(top, y - height / 2);
    bottom = Math.max(bottom, y + height / 2);
  }
  const xs = new Map<Place, { left: number; right: number }>();
  let x = 0;
  for (const column of columns) {
    const width = Math.max(0, ...column.map(({ box }) => box?.width ?? 0));
    for (const place of column)
      xs.set(place, { left: x, right: x + (place.box === undefined ? width : place.box.width) });
    x += width + gaps.column;
  }
  const boxes = columns.flat().flatMap((place): PlacedBox[] => {
    const { box, y, height } = place;
    if (box === undefined) return [];
    return [{ ...box, x: xs.get(place)?.left ?? 0, y: y - height / 2 - top }];
  });
  const lines = chains.map(({ index, isBack, chain }): PlacedLine => {
    const points = chain.flatMap((place, i): Point[] => {
      const { left = 0, right = 0 } = xs.get(place) ?? {};
      const y = place.y - top;
      if (i === 0) return [{ x: right, y }];
      if (i === chain.length - 1) return [{ x: left, y }];
      return [
        { x: left, y },
        { x: right, y },
      ];
    });
    return { index, isBack, points: isBack ? points.toReversed() : points };
  });
  return {
    boxes,
    lines,
    width: Math.max(0, x - gaps.column),
    height: columns.length === 0 ? 0 : bottom - top,
  };
}
