import type { ListOptions, QuerySpan } from '@spantail/client/query';
import { spanQueryStatus } from '@spantail/protocol';
import {
  formatClock,
  formatMoney,
  formatStart,
  formatTokens,
  inkOf,
  markOf,
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
  ...filterOptions('span'),
  ...COMMON,
  sort: { type: 'string' },
  limit: { type: 'string' },
} as const;

/** `spantail spans`: spans across runs. */
export async function spans(args: string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parse(args, OPTIONS);
  requireNoMore(positionals, 0);
  const limit = limitOf(values, 20);
  const sort = textOf(values, 'sort');
  const options = {
    ...filterOf(values, 'span'),
    limit: pageRows(limit),
    signal,
    ...(sort === undefined ? {} : { sort }),
  } as ListOptions<'span'>;
  return await printList({
    list: queryOf(values).spans(options),
    limit,
    json: values['json'] === true,
    columns: spanColumns(Date.now() * 1_000),
    what: 'spans',
  });
}

function spanColumns(nowUs: number): Column<QuerySpan>[] {
  return [
    { title: 'TRACE ID', text: (span) => span.traceId, paint: (text, _, style) => style.dim(text) },
    { title: 'SPAN ID', text: (span) => span.spanId, paint: (text, _, style) => style.dim(text) },
    {
      title: '',
      text: (span) => markOf(spanQueryStatus(span)),
      paint: (text, span, style) => inkOf(spanQueryStatus(span), style)(text),
    },
    { title: 'STATUS', text: spanQueryStatus, optional: 2 },
    { title: 'STARTED', text: (span) => formatStart(span.startUs), optional: 4 },
    {
      title: 'NAME',
      text: (span) => span.name,
      flexible: 12,
      paint: (text, _, style) => style.bold(text),
    },
    { title: 'TYPE', text: (span) => span.type, optional: 1 },
    { title: 'MODEL', text: (span) => span.model ?? '', optional: 6, most: 20 },
    { title: 'AGENT', text: (span) => span.agent ?? '', optional: 7, most: 16 },
    {
      title: 'ERROR',
      text: ({ error }) => (error === undefined ? '' : error.message || error.type),
      optional: 3,
      most: 40,
      paint: (text, _, style) => style.failed(text),
    },
    {
      title: 'TOKENS',
      text: (span) => formatTokens(span.inputTokens, span.outputTokens),
      align: 'right',
      optional: 5,
    },
    { title: 'COST', text: (span) => formatMoney(span.costUsd), align: 'right', optional: 5 },
    {
      title: 'DURATION',
      text: (span) => formatClock({ ...span, isOpen: span.state === 'open' }, nowUs),
      align: 'right',
    },
  ];
}
