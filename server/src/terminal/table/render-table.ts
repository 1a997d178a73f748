import type { Style } from '../style.ts';
import { fit, lineFrom, widthOf } from '../text.ts';

export interface Column<Row> {
  title: string;
  text: (row: Row) => string;
  align?: 'right';
  /** Takes what room is left, at least this much. One column of a table has it. */
  flexible?: number;
  /** Left out before others when the screen is narrow: the highest first. Absent: always there. */
  optional?: number;
  /** Columns at most. */
  most?: number;
  paint?: (text: string, row: Row, style: Style) => string;
}

interface Cells<Row> {
  column: Column<Row>;
  texts: string[];
  width: number;
}

const GAP = 2;
/** Characters of a cell that are looked at. */
const CELL_CHARACTERS = 400;

/** Rows below a head, as wide as the screen at most. Columns without any text are left out. */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { columns: room, style }: { columns: number; style: Style },
): string {
  const all = columns
    .map((column) => cellsOf(rows, column))
    .filter(({ texts }) => texts.some((text) => text !== ''));
  const shown = fitting(all, room);
  const head = shown.map(({ column, width }) => pad(fit(column.title, width), column, width));
  const lines = rows.map((row, i) =>
    shown
      .map(({ column, texts, width }) => {
        const text = fit(texts[i] ?? '', width);
        const painted = text === '' ? '' : (column.paint?.(text, row, style) ?? text);
        return pad(painted, column, width, widthOf(text));
      })
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
  return [style.dim(head.join(' '.repeat(GAP)).trimEnd()), ...lines].join('\n');
}

function cellsOf<Row>(rows: readonly Row[], column: Column<Row>): Cells<Row> {
  const texts = rows.map((row) => lineFrom(column.text(row), CELL_CHARACTERS));
  const widest = texts.reduce((most, text) => Math.max(most, widthOf(text)), 0);
  const width = Math.max(column.title.length, widest);
  return { column, texts, width: Math.min(column.most ?? width, width) };
}

/** Leaves out optional columns until the rest fits, then gives the flexible one its share. */
function fitting<Row>(all: Cells<Row>[], room: number): Cells<Row>[] {
  const least = ({ column, width }: Cells<Row>): number =>
    Math.min(width, column.flexible ?? width);
  let shown = all;
  const needed = (): number =>
    shown.reduce((sum, cells) => sum + least(cells), GAP * (shown.length - 1));
  while (needed() > room) {
    const last = shown.reduce((most, { column }) => Math.max(most, column.optional ?? 0), 0);
    if (last === 0) break;
    shown = shown.filter(({ column }) => column.optional !== last);
  }
  const spare = room - needed();
  return shown.map((cells) =>
    cells.column.flexible === undefined
      ? cells
      : { ...cells, width: Math.min(cells.width, least(cells) + Math.max(0, spare)) },
  );
}

function pad<Row>(
  text: string,
  { align }: Column<Row>,
  width: number,
  taken = widthOf(text),
): string {
  const blank = ' '.repeat(Math.max(0, width - taken));
  return align === 'right' ? blank + text : text + blank;
}
