import type { StatsOptions, StatsRow } from '@spantail/client/query';
import { formatMoney, formatStart } from '../../terminal/table/cells.ts';
import { renderTable, type Column } from '../../terminal/table/render-table.ts';
import { formatCount, formatDuration } from '../../terminal/text.ts';
import {
  COMMON,
  filterOf,
  filterOptions,
  limitOf,
  parse,
  queryOf,
  requireNoMore,
  textOf,
} from './arguments.ts';
import { jsonLine, note, print, screen } from './output.ts';

const OPTIONS = {
  ...filterOptions('span'),
  ...COMMON,
  by: { type: 'string' },
  every: { type: 'string' },
  limit: { type: 'string' },
} as const;

/** `spantail stats`: figures over spans, by group and over time. */
export async function stats(args: string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parse(args, OPTIONS);
  requireNoMore(positionals, 0);
  const by = textOf(values, 'by');
  const every = textOf(values, 'every');
  const rows = await queryOf(values).stats({
    ...filterOf(values, 'span'),
    limit: limitOf(values, 20),
    signal,
    ...(by === undefined ? {} : { by }),
    ...(every === undefined ? {} : { every }),
  } as StatsOptions);
  if (values['json'] === true) {
    for (const row of rows) await print(jsonLine(row));
    return 0;
  }
  if (rows.length === 0) note('no spans');
  else await print(renderTable(rows, columnsOf(by), screen()));
  return 0;
}

function columnsOf(by: string | undefined): Column<StatsRow>[] {
  const duration = (title: string, pick: (row: StatsRow) => number | undefined, optional = 0) => ({
    title,
    text: (row: StatsRow) => {
      const us = pick(row);
      return us === undefined ? '' : formatDuration(us);
    },
    align: 'right' as const,
    ...(optional === 0 ? {} : { optional }),
  });
  const group: Column<StatsRow> = {
    title: (by ?? '').toUpperCase(),
    text: (row) => row.group ?? '(none)',
    flexible: 12,
    paint: (text, row, style) => (row.group === undefined ? style.dim(text) : style.bold(text)),
  };
  return [
    { title: 'FROM', text: (row) => formatStart(row.slotUs) },
    ...(by === undefined ? [] : [group]),
    { title: 'SPANS', text: (row) => formatCount(row.count), align: 'right' },
    {
      title: 'FAILED',
      text: ({ errors, count }) =>
        errors === 0 ? '' : `${formatCount(errors)} (${((100 * errors) / count).toFixed(1)} %)`,
      align: 'right',
      paint: (text, _, style) => style.failed(text),
    },
    duration('P50', (row) => row.p50Us),
    duration('P95', (row) => row.p95Us, 2),
    duration('P99', (row) => row.p99Us, 4),
    { title: 'IN', text: (row) => tokens(row.inputTokens), align: 'right', optional: 3 },
    { title: 'OUT', text: (row) => tokens(row.outputTokens), align: 'right', optional: 3 },
    {
      title: 'COST',
      text: (row) => (row.costUsd === 0 ? '' : formatMoney(row.costUsd)),
      align: 'right',
      optional: 1,
    },
  ];
}

function tokens(count: number): string {
  return count === 0 ? '' : formatCount(count);
}
