import type { SpanNode } from '@spantail/protocol';
import type { Row } from './pick-rows.ts';
import { spanDetail } from './span-detail.ts';
import { spanLabel } from './span-label.ts';
import type { Style } from './style.ts';
import { formatMoney } from './table/cells.ts';
import { fit, formatCount, formatDuration, widthOf } from './text.ts';

export interface RowOptions {
  nowUs: number;
  columns: number;
  style: Style;
  /** Show what steps cost, where it is known. */
  cost?: boolean;
}

/** From this width on, tokens are called tokens. */
const WIDE_COLUMNS = 100;
/** Columns below which a row is its name and, when there is room, its clock. */
const NARROW_COLUMNS = 60;
const TINY_COLUMNS = 24;
/** Columns that a name leaves for what is said beside it, while half of the room stays its own. */
const DETAIL_COLUMNS = 24;

/** What stands at the right edge, in columns of their own. */
interface Numbers {
  tokens: string;
  cost: string;
  clock: string;
}

/** Rows of one frame, with their numbers below each other at the right edge. */
export function renderRows(rows: readonly Row[], options: RowOptions): string[] {
  const { columns, nowUs } = options;
  const numbers = rows.map((row) =>
    row.kind === 'span' ? numbersOf(row.span, nowUs, options) : NONE,
  );
  const widest = (pick: (of: Numbers) => string): number =>
    numbers.reduce((most, of) => Math.max(most, widthOf(pick(of))), 0);
  const widths = {
    tokens: columns < NARROW_COLUMNS ? 0 : widest(({ tokens }) => tokens),
    cost: columns < NARROW_COLUMNS ? 0 : widest(({ cost }) => cost),
    clock: columns < TINY_COLUMNS ? 0 : widest(({ clock }) => clock),
  };
  return rows.map((row, index) =>
    row.kind === 'hidden'
      ? renderHidden(row, options)
      : renderSpan(row, numbers[index] ?? NONE, widths, options),
  );
}

const NONE: Numbers = { tokens: '', cost: '', clock: '' };

function numbersOf(
  { usage, startUs, endUs }: SpanNode,
  nowUs: number,
  { columns, cost }: RowOptions,
): Numbers {
  const isCounted = usage?.inputTokens !== undefined || usage?.outputTokens !== undefined;
  const unit = columns < WIDE_COLUMNS ? '' : ' tokens';
  return {
    tokens: isCounted
      ? `${formatCount(usage.inputTokens ?? 0)} → ${formatCount(usage.outputTokens ?? 0)}${unit}`
      : '',
    cost: cost === true ? formatMoney(usage?.costUsd) : '',
    clock: startUs === undefined ? '' : formatDuration((endUs ?? nowUs) - startUs),
  };
}

function renderHidden(
  { indent, count, failed }: Row & { kind: 'hidden' },
  { columns, style }: RowOptions,
): string {
  const text = fit(`${indent}⋮ ${count} more`, columns);
  const note = failed === 0 ? '' : ` · ${failed} failed`;
  return widthOf(text + note) > columns ? style.dim(text) : style.dim(text) + style.failed(note);
}

function renderSpan(
  { span, indent }: Row & { kind: 'span' },
  { tokens, cost, clock }: Numbers,
  widths: Record<keyof Numbers, number>,
  { columns, style }: RowOptions,
): string {
  const { mark, paint } = look(span, style);
  const right = [
    // A row without tokens has their room for what it says.
    { text: tokens, width: tokens === '' ? 0 : widths.tokens, paint: style.dim },
    { text: cost, width: tokens === '' ? 0 : widths.cost, paint: style.dim },
    { text: clock, width: widths.clock, paint },
  ].filter(({ width }) => width > 0);
  const rightColumns = right.reduce((sum, { width }) => sum + width + 2, 0);
  if (columns < 3) return paint(mark);
  const shownIndent = fit(indent, columns - 2);
  const room = columns - rightColumns - widthOf(shownIndent) - 2;
  const isNarrow = columns < NARROW_COLUMNS || room < DETAIL_COLUMNS;
  const type = isNarrow ? '' : span.spanType;
  const typeColumns = type === '' ? 0 : type.length + 2;
  const nameColumns = Math.max(room - typeColumns - DETAIL_COLUMNS, Math.floor(room / 2));
  const name = fit(spanLabel(span), nameColumns);
  const detail = spanDetail(span, room - widthOf(name) - typeColumns - 2);
  const parts = [
    { text: name, paint: style.bold },
    { text: type, paint: style.dim },
    { text: detail, paint: span.status === 'error' ? style.failed : style.dim },
  ].filter(({ text }) => text !== '');
  const used = parts.reduce((sum, { text }, index) => sum + widthOf(text) + (index > 0 ? 2 : 0), 0);
  const left = parts.map(({ text, paint: ink }) => ink(text)).join('  ');
  const gap = ' '.repeat(Math.max(0, room - used));
  const numbers = right
    .map(({ text, width, paint: ink }) => `  ${' '.repeat(width - widthOf(text))}${ink(text)}`)
    .join('');
  return `${style.dim(shownIndent)}${paint(mark)} ${left}${right.length > 0 ? gap + numbers : ''}`;
}

function look(span: SpanNode, style: Style): { mark: string; paint: (text: string) => string } {
  if (span.state === 'lost') return { mark: '?', paint: style.lost };
  if (span.state !== 'closed') return { mark: '●', paint: style.open };
  if (span.status === 'error') return { mark: '✖', paint: style.failed };
  return { mark: '✔', paint: style.ok };
}
