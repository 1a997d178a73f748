import type { ListOptions, RunRow } from '@spantail/client/query';
import {
  formatClock,
  formatMoney,
  formatStart,
  formatStatus,
  formatTokens,
  inkOf,
} from '../../terminal/table/cells.ts';
import type { Column } from '../../terminal/table/render-table.ts';
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
import { pageRows, printList } from './print-list.ts';

const OPTIONS = {
  ...filterOptions('run'),
  ...COMMON,
  sort: { type: 'string' },
  limit: { type: 'string' },
} as const;

/** `spantail runs`: runs of the record, the newest first. */
export async function runs(args: string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parse(args, OPTIONS);
  requireNoMore(positionals, 0);
  const limit = limitOf(values, 20);
  const sort = textOf(values, 'sort');
  const options = {
    ...filterOf(values, 'run'),
    limit: pageRows(limit),
    signal,
    ...(sort === undefined ? {} : { sort }),
  } as ListOptions;
  return await printList({
    list: queryOf(values).runs(options),
    limit,
    json: values['json'] === true,
    columns: runColumns(Date.now() * 1_000),
    what: 'runs',
  });
}

function runColumns(nowUs: number): Column<RunRow>[] {
  return [
    {
      title: 'TRACE ID',
      text: (run) => run.traceId,
      paint: (text, _run, style) => style.dim(text),
    },
    {
      title: 'STATUS',
      text: (run) => formatStatus(run.status),
      paint: (text, run, style) => inkOf(run.status, style)(text),
    },
    { title: 'STARTED', text: (run) => formatStart(run.startUs), optional: 1 },
    {
      title: 'NAME',
      text: (run) => run.name,
      flexible: 14,
      paint: (text, _run, style) => style.bold(text),
    },
    { title: 'AGENT', text: (run) => run.agent ?? '', optional: 6, most: 20 },
    {
      title: 'NOW',
      text: (run) => run.currentStep ?? '',
      optional: 7,
      most: 24,
      paint: (text, _run, style) => style.open(text),
    },
    { title: 'STEPS', text: (run) => String(run.spanCount), align: 'right', optional: 4 },
    {
      title: 'FAILED',
      text: (run) => (run.errorCount === 0 ? '' : String(run.errorCount)),
      align: 'right',
      optional: 3,
      paint: (text, _run, style) => style.failed(text),
    },
    {
      title: 'TOKENS',
      text: (run) => formatTokens(run.inputTokens, run.outputTokens),
      align: 'right',
      optional: 5,
    },
    { title: 'COST', text: (run) => formatMoney(run.costUsd), align: 'right', optional: 2 },
    {
      title: 'DURATION',
      text: (run) => formatClock({ ...run, isOpen: run.status === 'running' }, nowUs),
      align: 'right',
    },
  ];
}
